import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeObjects {
  endpoint: string
  keys(): string[]
  /** Uploads that were begun and neither completed nor taken back. */
  unfinished(): number
  /** How often it was asked for these. */
  listings(): number
  /** Refuses the next requests. */
  failNext(times: number, status: number, code: string): void
  close(): Promise<void>
}

const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()

/** What S3 does of what we ask, and no more; it checks each signature by AWS's own description of version 4. */
export async function fakeObjects(keys: {
  accessKeyId: string
  secretAccessKey: string
  bucket: string
  now?: () => Date
}): Promise<FakeObjects> {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const begun = new Map<string, { key: string; at: Date }>()
  let listings = 0
  let failing = { times: 0, status: 0, code: '' }

  /** One on each page. */
  const unfinishedAfter = (query: URLSearchParams): string => {
    listings++
    const all = [...uploads.keys()].sort()
    const [id, next] = all.filter((id) => id > (query.get('upload-id-marker') ?? ''))
    const { key, at } = begun.get(id ?? '') ?? {}
    const upload = id
      ? `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at!.toISOString()}</Initiated></Upload>
        <NextKeyMarker>${key}</NextKeyMarker><NextUploadIdMarker>${id}</NextUploadIdMarker>`
      : ''
    return `<ListMultipartUploadsResult><IsTruncated>${next !== undefined}</IsTruncated>${upload}</ListMultipartUploadsResult>`
  }

  const answer = (request: IncomingMessage, body: Buffer): [status: number, headers: object, body: string | Buffer] => {
    const url = new URL(request.url!, 'http://store')
    const refuse = (status: number, code: string): [number, object, string] => [
      status,
      {},
      `<Error><Code>${code}</Code></Error>`,
    ]
    if (failing.times-- > 0) return refuse(failing.status, failing.code)
    if (!isSigned(request, url, keys)) return refuse(403, 'SignatureDoesNotMatch')
    const key = decodeURIComponent(url.pathname).replace(`/${keys.bucket}/`, '')
    const uploadId = url.searchParams.get('uploadId')
    const parts = uploadId ? uploads.get(uploadId) : undefined
    if (uploadId && !parts) return refuse(404, 'NoSuchUpload')
    switch (`${request.method}${uploadId ? ' upload' : ''}`) {
      case 'POST': {
        const id = randomUUID()
        uploads.set(id, new Map())
        begun.set(id, { key, at: keys.now?.() ?? new Date() })
        return [200, {}, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`]
      }
      case 'PUT upload':
        parts!.set(Number(url.searchParams.get('partNumber')), body)
        return [200, { etag: `"${hash(body).slice(0, 32)}"` }, '']
      case 'POST upload': {
        const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>("[^"]+")<\/ETag>/g)]
        const listed = named.map(([, number, tag]) => ({ part: parts!.get(Number(number)), tag }))
        if (listed.some(({ part, tag }) => !part || tag !== `"${hash(part).slice(0, 32)}"`))
          return refuse(400, 'InvalidPart')
        if (listed.slice(0, -1).some(({ part }) => part!.length < 5 * 1024 * 1024)) return refuse(400, 'EntityTooSmall')
        objects.set(key, Buffer.concat(listed.map(({ part }) => part!)))
        uploads.delete(uploadId!)
        return [200, {}, '<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>']
      }
      case 'DELETE upload':
        uploads.delete(uploadId!)
        return [204, {}, '']
      case 'GET': {
        if (url.searchParams.has('uploads')) return [200, {}, unfinishedAfter(url.searchParams)]
        const object = objects.get(key)
        if (!object) return refuse(404, 'NoSuchKey')
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
        if (!from || Number(from) >= object.length) return refuse(416, 'InvalidRange')
        return [206, {}, object.subarray(Number(from), Number(to) + 1)]
      }
      case 'DELETE':
        return objects.delete(key) ? [204, {}, ''] : refuse(404, 'NoSuchKey')
      default:
        return refuse(405, 'MethodNotAllowed')
    }
  }

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const [status, headers, body] = answer(request, Buffer.concat(parts))
    response.writeHead(status, { ...headers }).end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: () => [...objects.keys()],
    unfinished: () => uploads.size,
    listings: () => listings,
    failNext(times, status, code) {
      failing = { times, status, code }
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function isSigned(request: IncomingMessage, url: URL, keys: { accessKeyId: string; secretAccessKey: string }): boolean {
  const { headers, method } = request
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
  if (!parsed) return false
  const [, id, day, region, signed, signature] = parsed as unknown as string[]
  if (id !== keys.accessKeyId || !String(headers['x-amz-date']).startsWith(day!)) return false
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const canonical = [
    method,
    decodeURIComponent(url.pathname).split('/').map(encode).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...signed!.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/${region}/s3/aws4_request`, hash(canonical)].join(
    '\n',
  )
  const key = [day!, region!, 's3', 'aws4_request'].reduce<string | Buffer>(
    (key, part) => hmac(key, part),
    `AWS4${keys.secretAccessKey}`,
  )
  return hmac(key, toSign).toString('hex') === signature
}
