import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { ByteRange, Bytes, StoredFile } from './file.ts'
import { objectKey } from './object-store.ts'
import { chunkSize } from './write-file.ts'

export const fileColumns = sql`id, name, type, purpose, lead_id, size, sha256, created_at, expires_at`

/** A file, and how to read it: all of it or some of its bytes, as often as one likes. */
export interface OpenFile extends StoredFile {
  read(range?: ByteRange): Bytes
}

/** Throws `not_found`, also for one that has not arrived in full or is past its time. */
export async function openFile(
  core: Core,
  workspaceId: string,
  id: string,
  { purpose }: { purpose?: string } = {},
): Promise<OpenFile> {
  const now = core.now()
  const [row] = isId(id)
    ? await core.inWorkspace(workspaceId, (tx) =>
        tx.query<StoredFile & { place: 'database' | 'objects' }>(sql`
          select ${fileColumns}, place from files
          where workspace_id = ${workspaceId} and id = ${id} and size is not null
            and (expires_at is null or expires_at > ${now}) and purpose = coalesce(${purpose ?? null}::text, purpose)`),
      )
    : []
  if (!row) throw notFound('file')
  const { place, ...file } = row
  return {
    ...file,
    read({ from = 0, to = file.size - 1 } = {}) {
      if (from > to) return nothing()
      if (place === 'database') return readChunks(core, workspaceId, file.id, from, to)
      if (!core.objects) throw new Error('This file is in an object store. Set S3_ENDPOINT and what belongs to it.')
      return core.objects.read(objectKey(workspaceId, file.id), { from, to })
    },
  }
}

async function* nothing(): Bytes & AsyncGenerator<Uint8Array> {}

/** The next chunk is on its way while one is being read. */
async function* readChunks(core: Core, workspaceId: string, id: string, from: number, to: number) {
  const last = Math.floor(to / chunkSize)
  const fetch = (position: number) => {
    const asked = readChunk(core, workspaceId, id, position)
    // Met below, or by nobody where the reader has gone.
    asked.catch(() => undefined)
    return asked
  }
  let position = Math.floor(from / chunkSize)
  let coming = fetch(position)
  for (; position <= last; position++) {
    const bytes = await coming
    if (position < last) coming = fetch(position + 1)
    const start = position * chunkSize
    yield bytes.subarray(Math.max(0, from - start), to + 1 - start)
  }
}

async function readChunk(core: Core, workspaceId: string, id: string, position: number): Promise<Buffer> {
  const [chunk] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ text: string }>(sql`
      select encode(bytes, 'base64') as text from file_chunks
      where workspace_id = ${workspaceId} and file_id = ${id} and position = ${position}`),
  )
  // Removed while it was read.
  if (!chunk) throw notFound('file')
  // Bytes travel as hex, which is twice as much.
  return Buffer.from(chunk.text, 'base64')
}
