import { createHash } from 'node:crypto'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { newId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Bytes, NewFile, StoredFile } from './file.ts'
import { objectKey } from './object-store.ts'
import { fileColumns } from './open-file.ts'
import { resize } from './resize.ts'

/** How many bytes a row holds. */
export const chunkSize = 256 * 1024
const most = 2 * 1024 ** 3
/** What has not arrived by then never will: its writer was killed. */
export const unfinishedLifetime = 86_400_000

/**
 * Stores what a stream brings, chunk by chunk: never more than a few are in memory, and a slow source waits for nobody. What
 * ends early or is larger than `limit` leaves nothing behind. Throws `body_too_large`, `not_found` for one that
 * was removed before all of it had arrived, and whatever the stream throws.
 */
export async function writeFile(
  core: Core,
  workspaceId: string,
  source: Bytes,
  { name, type, purpose, limit = most, expiresAt = null, leadId = null }: NewFile,
): Promise<StoredFile> {
  const at = core.now()
  const id = newId(at.getTime())
  const place = core.objects ? 'objects' : 'database'
  const unfinishedUntil = new Date(at.getTime() + unfinishedLifetime)
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into files (workspace_id, id, name, type, purpose, lead_id, place, created_at, expires_at)
      values (${workspaceId}, ${id}, ${name}, ${type}, ${purpose}, ${leadId}, ${place}, ${at}, ${unfinishedUntil})`),
  )
  try {
    const hash = createHash('sha256')
    let size = 0
    const measured = (async function* () {
      for await (const bytes of source) {
        size += bytes.length
        if (size > limit) throw tooLarge(limit)
        hash.update(bytes)
        yield bytes
      }
    })()
    if (core.objects) await core.objects.write(objectKey(workspaceId, id), type, measured)
    else await writeChunks(core, workspaceId, id, measured)
    const sha256 = hash.digest('hex')
    const file = await core.inWorkspace(workspaceId, async (tx) => {
      const [row] = await tx.query<StoredFile>(sql`
        update files set size = ${size}, sha256 = ${sha256}, expires_at = ${expiresAt}
        where workspace_id = ${workspaceId} and id = ${id}
        returning ${fileColumns}`)
      // Erased meanwhile, with whoever it is about; the object that is whole only now would be known to nobody.
      if (!row && place === 'objects') await addJob(tx, 'remove_object', { key: objectKey(workspaceId, id) })
      return row
    })
    if (!file) throw notFound('file')
    return file
  } catch (error) {
    await core
      .inWorkspace(workspaceId, (tx) =>
        tx.query(sql`delete from files where workspace_id = ${workspaceId} and id = ${id}`),
      )
      .catch((failure: unknown) => core.log.warn({ err: failure, workspaceId, id }, 'a part of a file is left behind'))
    throw error
  }
}

async function writeChunks(core: Core, workspaceId: string, id: string, source: Bytes): Promise<void> {
  let position = 0
  for await (const bytes of resize(source, chunkSize)) {
    // A transaction may run again, so it does not count.
    const at = position++
    await core.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        insert into file_chunks (workspace_id, file_id, position, bytes)
        values (${workspaceId}, ${id}, ${at}, ${bytes})`),
    )
  }
}

function tooLarge(limit: number): LeadNestError {
  const megabytes = limit / 1024 / 1024
  return new LeadNestError(
    'body_too_large',
    `The file is larger than ${megabytes >= 1 ? `${Math.floor(megabytes)} MiB` : `${Math.floor(limit / 1024)} KiB`}.`,
  )
}
