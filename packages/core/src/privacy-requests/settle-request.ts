import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { type By, bySystem } from '../events/event.ts'
import { isId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import type { Tx } from '../postgres/transaction.ts'
import { eraseLead } from '../privacy/erase-lead.ts'
import type { PrivacyRequest } from './request.ts'
import { readRequest, settle } from './statements.ts'

/** After how many seconds a job looks whether somebody was erased as it was confirmed. */
const patience = 60

/**
 * Does what somebody asked for; resolves when it is done. Where this process is killed in the middle of an erasure, a job goes
 * on with it. Throws `not_found`, `request_settled`.
 */
export async function confirmPrivacyRequest(
  core: Core,
  workspaceId: string,
  id: string,
  by: By,
): Promise<PrivacyRequest> {
  let erased: string | null = null
  const request = await core.inWorkspace(workspaceId, async (tx) => {
    const open = await lockOpen(tx, workspaceId, id)
    const { leadId, kind } = open
    erased = kind === 'erasure' ? leadId : null
    if (erased) {
      const at = new Date(Date.now() + patience * 1000)
      await addJob(tx, 'erase_as_asked', { workspaceId, leadId: erased }, { key: `erase_as_asked ${erased}`, at })
    }
    await settle(tx, workspaceId, open, 'done', by, core.now())
    return (await readRequest(tx, workspaceId, open.id))!
  })
  if (erased) await eraseAsAsked(core, { workspaceId, leadId: erased }, by)
  return request
}

/** Throws `not_found`, `request_settled`. */
export function refusePrivacyRequest(core: Core, workspaceId: string, id: string, by: By): Promise<PrivacyRequest> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const open = await lockOpen(tx, workspaceId, id)
    await settle(tx, workspaceId, open, 'refused', by, core.now())
    return (await readRequest(tx, workspaceId, open.id))!
  })
}

/** By the workspace's rule; nothing is left to do where somebody was faster. */
export async function confirmByRule(
  core: Core,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  try {
    await confirmPrivacyRequest(core, workspaceId, id, bySystem)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'request_settled') throw error
  }
}

/** Who is gone already, deleted for good or erased by hand, is what was asked for. */
export async function eraseAsAsked(
  core: Core,
  { workspaceId, leadId }: { workspaceId: string; leadId: string },
  by: By = bySystem,
): Promise<void> {
  try {
    await eraseLead(core, workspaceId, leadId, { reason: 'asked' }, by)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
  }
}

async function lockOpen(tx: Tx, workspaceId: string, id: string): Promise<PrivacyRequest> {
  const request = isId(id) ? await readRequest(tx, workspaceId, id.toLowerCase(), { lock: true }) : undefined
  if (!request) throw notFound('privacy request')
  if (request.status !== 'open')
    throw new LeadNestError(
      'request_settled',
      `This request was ${request.status === 'done' ? 'done' : 'refused'} before.`,
    )
  return request
}
