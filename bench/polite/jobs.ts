import { Readable } from 'node:stream'
import type { Server } from './server.ts'
import { pause } from './visitors.ts'

interface Job {
  id: string
  status: string
  finishedAt: string | null
  error: { detail: string } | null
}

export interface Imported extends Job {
  created: number
  updated: number
  skipped: number
  failed: number
}

/** Sends a file, and waits until its import is over. */
export async function importFile(server: Server, file: Iterable<Uint8Array | string>): Promise<Imported> {
  const begun = await ask<Imported>(server, '/imports', {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(Readable.from(file, { objectMode: false })) as ReadableStream<Uint8Array>,
    duplex: 'half',
  } as RequestInit)
  return untilEnd(server, '/imports', begun)
}

/** Exports everybody. In ms since it was asked for: when the file was ready, when its first byte came, and its last. */
export async function exportFile(server: Server, columns?: string[]) {
  const begin = performance.now()
  const begun = await ask<Job>(server, '/exports', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ all: true, ...(columns && { columns }) }),
  })
  await untilEnd(server, '/exports', begun, 50)
  const ready = performance.now() - begin
  const answer = await fetch(`${server.url}/v1/exports/${begun.id}/file`, { headers: server.headers })
  if (!answer.ok) throw new Error(`The file of the export was answered ${answer.status}.`)
  const parts: Uint8Array[] = []
  let first = Number.NaN
  for await (const part of answer.body!) {
    if (parts.length === 0) first = performance.now() - begin
    parts.push(part)
  }
  return { file: Buffer.concat(parts), first, ready, all: performance.now() - begin }
}

/** In ms. */
const patience = 600_000

async function untilEnd<T extends Job>(server: Server, path: string, { id }: T, every = 200): Promise<T> {
  for (const late = performance.now() + patience; performance.now() < late; ) {
    const job = await ask<T>(server, `${path}/${id}`)
    if (job.finishedAt && job.status !== 'succeeded') throw new Error(`It ${job.status}: ${job.error?.detail}`)
    if (job.finishedAt) return job
    await pause(every)
  }
  throw new Error(`${path}/${id} has not ended within 10 minutes.`)
}

async function ask<T>({ url, headers }: Server, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(`${url}/v1${path}`, { ...init, headers: { ...headers, ...init.headers } })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
