import { AwsClient } from 'aws4fetch'
import type { Bytes } from './file.ts'
import { resize } from './resize.ts'

/** A store that speaks S3: the bucket is there already, and addressed by path. */
export interface ObjectStoreOptions {
  endpoint: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
}

export interface ObjectStore {
  /** Writes an object in parts; one that ends early is taken back. */
  write(key: string, type: string, source: Bytes): Promise<void>
  read(key: string, range: { from: number; to: number }): Bytes
  /** One that is not there is no error. */
  remove(key: string): Promise<void>
  /** Takes back writes of our keys that were begun before a moment and never ended: whoever wrote was killed. */
  forgetUnfinished(isOurs: (key: string) => boolean, before: Date): Promise<void>
}

export const objectKey = (workspaceId: string, fileId: string) => `${workspaceId}/${fileId}`

/** A part has at least 5 MiB, but for the last, and there are at most 10,000. */
const partSize = 8 * 1024 * 1024

export function createObjectStore({ endpoint, bucket, ...keys }: ObjectStoreOptions): ObjectStore {
  const client = new AwsClient({ ...keys, service: 's3', retries: 3, initRetryMs: 100 })
  const address = (key: string) => `${endpoint.replace(/\/+$/, '')}/${bucket}/${key}`

  async function ask(key: string, query: string, init: RequestInit): Promise<Response> {
    const response = await client.fetch(address(key) + query, init)
    if (response.ok || (init.method === 'DELETE' && response.status === 404)) return response
    const said = (await response.text()).match(/<Code>(\w+)<\/Code>/)?.[1] ?? ''
    throw new Error(`The object store answered ${response.status} ${said} to ${init.method} ${key}.`)
  }

  return {
    async write(key, type, source) {
      const begun = await ask(key, '?uploads=', { method: 'POST', headers: { 'content-type': type } })
      const uploadId = encodeURIComponent(elementOf(await begun.text(), 'UploadId'))
      try {
        const parts: string[] = []
        for await (const bytes of resize(source, partSize))
          parts.push(await writePart(key, uploadId, parts.length + 1, bytes))
        // An object has at least one part, if an empty one.
        if (parts.length === 0) parts.push(await writePart(key, uploadId, 1, Buffer.alloc(0)))
        const listed = parts.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
        const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`
        const completed = await ask(key, `?uploadId=${uploadId}`, { method: 'POST', body })
        // This one may begin with 200 and then fail.
        elementOf(await completed.text(), 'ETag')
      } catch (error) {
        await ask(key, `?uploadId=${uploadId}`, { method: 'DELETE' }).catch(() => undefined)
        throw error
      }
    },
    async *read(key, { from, to }) {
      const response = await ask(key, '', { method: 'GET', headers: { range: `bytes=${from}-${to}` } })
      if (response.status !== 206) throw new Error(`The object store sent all of ${key} where a part was asked for.`)
      yield* response.body ?? []
    },
    async remove(key) {
      await ask(key, '', { method: 'DELETE' })
    },
    async forgetUnfinished(isOurs, before) {
      let marker = ''
      for (let more = true; more; ) {
        const page = await (await ask('', `?uploads=${marker}`, { method: 'GET' })).text()
        for (const [upload] of page.matchAll(/<Upload>.*?<\/Upload>/gs)) {
          const key = elementOf(upload, 'Key')
          if (!isOurs(key) || Date.parse(elementOf(upload, 'Initiated')) >= before.getTime()) continue
          const uploadId = encodeURIComponent(elementOf(upload, 'UploadId'))
          await ask(key, `?uploadId=${uploadId}`, { method: 'DELETE' })
        }
        more = page.includes('<IsTruncated>true</IsTruncated>')
        if (more)
          marker = `&key-marker=${encodeURIComponent(elementOf(page, 'NextKeyMarker'))}&upload-id-marker=${encodeURIComponent(elementOf(page, 'NextUploadIdMarker'))}`
      }
    },
  }

  async function writePart(key: string, uploadId: string, number: number, bytes: Buffer): Promise<string> {
    const body = new Uint8Array(bytes)
    const response = await ask(key, `?partNumber=${number}&uploadId=${uploadId}`, { method: 'PUT', body })
    const tag = response.headers.get('etag')
    if (!tag) throw new Error(`The object store gave no ETag for a part of ${key}.`)
    return tag
  }
}

function elementOf(xml: string, name: string): string {
  const found = xml.match(new RegExp(`<${name}>([^<]+)</${name}>`))?.[1]
  if (!found) throw new Error(`The object store answered without ${name}: ${xml.slice(0, 200)}`)
  return found.replace(/&quot;/g, '"').replace(/&amp;/g, '&')
}
