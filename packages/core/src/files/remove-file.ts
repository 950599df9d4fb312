import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import { objectKey } from './object-store.ts'
import { unfinishedLifetime } from './write-file.ts'

/** How many chunks one statement removes. */
const batch = 200

/** Removes a file for good; one that is gone is no error. */
export async function removeFile(core: Core, workspaceId: string, id: string): Promise<void> {
  let gone: unknown[]
  do {
    gone = await core.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        delete from file_chunks where workspace_id = ${workspaceId} and file_id = ${id} and position in (
          select position from file_chunks where workspace_id = ${workspaceId} and file_id = ${id} limit ${batch}
        ) returning 1 as gone`),
    )
  } while (gone.length === batch)
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`delete from files where workspace_id = ${workspaceId} and id = ${id}`),
  )
}

/** Removes what is past its time. */
export async function forgetFiles(core: Core, workspaceId: string): Promise<void> {
  const now = core.now()
  for (;;) {
    const expired = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ id: string }>(sql`
        select id from files where workspace_id = ${workspaceId} and expires_at <= ${now} limit 100`),
    )
    if (expired.length === 0) return
    for (const { id } of expired) await removeFile(core, workspaceId, id)
  }
}

/** What a process wrote into an object store when it was killed: its parts are no object, and nobody else would remove them. */
export async function forgetUnfinished(core: Core, workspaceIds: string[]): Promise<void> {
  const before = new Date(core.now().getTime() - unfinishedLifetime)
  const ours = new Set(workspaceIds.map((id) => objectKey(id, '')))
  await core.objects?.forgetUnfinished((key) => ours.has(key.replace(/[^/]*$/, '')), before)
}

/** Removes what an object store has of a file that is gone. */
export async function removeObject(core: Core, { key }: { key: string }): Promise<void> {
  if (!core.objects) throw new Error('A file is in an object store. Set S3_ENDPOINT and what belongs to it.')
  await core.objects.remove(key)
}
