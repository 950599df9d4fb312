import type { Core } from '../core.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { WorkspaceSettings, WorkspaceSettingsPatch } from './account.ts'

export function getWorkspaceSettings(core: Core, workspaceId: string): Promise<WorkspaceSettings> {
  return core.inWorkspace(workspaceId, (tx) => readSettings(tx, workspaceId))
}

export async function readSettings(tx: Tx, workspaceId: string): Promise<WorkspaceSettings> {
  const [settings] = await tx.query<WorkspaceSettings>(sql`
    select id, name, slug, country, time_zone, opening_hours, privacy_requests, created_at from workspaces where id = ${workspaceId}`)
  return settings!
}

/** Changes what is named; `null` clears. What changes nothing writes nothing. */
export async function updateWorkspaceSettings(
  core: Core,
  workspaceId: string,
  patch: WorkspaceSettingsPatch,
  by: By,
): Promise<WorkspaceSettings> {
  const settings = await core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`select 1 as locked from workspaces where id = ${workspaceId} for update`)
    const before = await readSettings(tx, workspaceId)
    const after = { ...before, ...patch }
    const changes = changesIn(before, after, ['name', 'country', 'timeZone', 'openingHours', 'privacyRequests'])
    if (Object.keys(changes).length === 0) return before
    const hours = after.openingHours && JSON.stringify(after.openingHours)
    await tx.query(sql`
      update workspaces set name = ${after.name}, country = ${after.country}, time_zone = ${after.timeZone}, opening_hours = ${hours}::jsonb,
        privacy_requests = ${after.privacyRequests}
      where id = ${workspaceId}`)
    const data = { changes }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'workspace.updated', leadId: null, ...by, data, at: core.now() }),
    ])
    return after
  })
  core.recent.forget()
  return settings
}
