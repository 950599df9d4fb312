import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createRequest } from './request.ts'
import { type UploadOptions, upload } from './upload.ts'
import { verbOf } from './verbs.ts'

interface Got {
  url: string
  headers: IncomingMessage['headers']
  text: string
}

/** Somebody else's server: it reads bodies, and gives these statuses, one a request. */
const server = createServer(async (req, res) => {
  const status = statuses.shift() ?? 200
  if (status === 413) {
    res.writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' })
    return res.end(JSON.stringify({ code: 'body_too_large', detail: 'Too large.' }))
  }
  let text = ''
  try {
    for await (const chunk of req.setEncoding('utf8')) text += chunk
  } catch {
    return
  }
  got.push({ url: req.url!, headers: req.headers, text })
  res.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
  res.end(JSON.stringify(status === 200 ? { total: 2 } : { code: 'unavailable', detail: 'Later.' }))
})
let url: string
let got: Got[] = []
let statuses: number[] = []

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  got = []
  statuses = []
})
afterAll(() => server.close())

const text = 'email,name\nada@example.com,Ada\nzoë@example.com,Zoë\n'
const size = new Blob([text]).size

async function* rows() {
  for (const line of text.split(/(?<=\n)/)) yield line
}

/** As a row `imports.create = '^'` of the table would make it. */
async function send(
  source: Parameters<typeof upload>[0],
  { timeout = 5000, signal, ...options }: UploadOptions & { timeout?: number; signal?: AbortSignal } = {},
) {
  const create = verbOf('imports', '^', createRequest({ url, timeout, key: 'ln_sk_1', backoff: 1 }))
  return await create(upload(source, options), { mode: 'fill' }, { signal })
}

const files = {
  'lines of an iterator': rows,
  'a file of Node': () => createReadStream(import.meta.filename),
  'a web stream': () => new Blob([text]).stream(),
}

test.each(Object.entries(files))('%s is sent as it comes, with the query, and told of', async (_, open) => {
  const told: { sent: number; total?: number }[] = []
  expect(await send(open(), { onProgress: (progress) => told.push(progress) })).toEqual({ total: 2 })
  const [{ url: path, headers, text: arrived }] = got as [Got]
  let whole = ''
  for await (const chunk of open()) whole += Buffer.from(chunk)
  expect(arrived).toBe(whole)
  expect(path).toBe('/v1/imports?mode=fill')
  expect(headers).toMatchObject({ authorization: 'Bearer ln_sk_1', 'content-type': 'text/csv' })
  expect(headers['idempotency-key']).toBeTruthy()
  expect(told.at(-1)).toEqual({ sent: Buffer.byteLength(whole) })
  expect(told.map(({ sent }) => sent)).toEqual(told.map(({ sent }) => sent).toSorted((a, b) => a - b))
})

test('a file has its total, its own type, and is sent again as the same call', async () => {
  statuses = [503, 503]
  const told: unknown[] = []
  await send(new File([text], 'leads.csv', { type: 'text/csv;header=present' }), {
    onProgress: (now) => told.push(now),
  })
  expect(got.map((one) => one.text)).toEqual([text, text, text])
  expect(new Set(got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(got[0]!.headers['content-type']).toBe('text/csv;header=present')
  expect(told).toEqual(Array(3).fill({ sent: size, total: size }))
})

test('a form is sent with its boundary, or as the type that is told', async () => {
  const form = new FormData()
  form.set('file', new File([text], 'leads.csv'))
  await send(form)
  expect(got[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(got[0]!.text).toContain(text)
  await send(rows(), { contentType: 'application/octet-stream' })
  expect(got[1]!.headers['content-type']).toBe('application/octet-stream')
})

test('a stream that was read is not sent again; what a function makes anew is', async () => {
  statuses = [503]
  await expect(send(rows())).rejects.toMatchObject({ code: 'unavailable', status: 503 })
  expect(got).toHaveLength(1)
  statuses = [503]
  expect(await send(rows)).toEqual({ total: 2 })
  expect(got.map((one) => one.text)).toEqual([text, text, text])
})

test('a refusal before all is sent is the refusal', async () => {
  statuses = [413]
  let read = 0
  async function* endless() {
    for (;;) {
      read++
      yield Buffer.alloc(65_536)
    }
  }
  await expect(send(endless())).rejects.toMatchObject({ code: 'body_too_large', status: 413 })
  const then = read
  await new Promise((resolve) => setImmediate(resolve))
  expect(read).toBe(then)
})

test('a slow source may take longer than the timeout, a silent one may not', async () => {
  const after = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait))
  async function* slow() {
    for await (const line of rows()) {
      await after(300)
      yield line
    }
  }
  expect(await send(slow(), { timeout: 600 })).toEqual({ total: 2 })
  async function* silent() {
    yield Buffer.from('email\n')
    await after(10_000)
  }
  await expect(send(silent(), { timeout: 50 })).rejects.toMatchObject({ code: 'timeout' })
})

test('the signal ends a call with its reason, and the source is closed', async () => {
  const controller = new AbortController()
  let closed = false
  async function* watched() {
    try {
      for (;;) {
        yield Buffer.alloc(1000)
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      closed = true
    }
  }
  const going = send(watched(), {
    signal: controller.signal,
    onProgress: ({ sent }) => sent > 5000 && controller.abort(new Error('enough')),
  })
  await expect(going).rejects.toThrow('enough')
  await expect.poll(() => closed).toBe(true)
})

test('what fails while it is read is the cause', async () => {
  const error: unknown = await send(createReadStream('/no/such/file')).catch((error) => error)
  expect(error).toMatchObject({ code: 'network', cause: { cause: { code: 'ENOENT' } } })
})
