import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { type By, bySystem } from '../events/event.ts'
import { eraseLead } from '../privacy/erase-lead.ts'
import { getPrivacyRequest } from './list-requests.ts'
import type { PrivacyRequest } from './request.ts'
import { readRequest, settle } from './statements.ts'

/**
 * Does what somebody asked for; resolves when it is done. An erasure that was cut off is gone on with when it is confirmed
 * again. Throws `not_found`, `request_settled`.
 */
export async function confirmPrivacyRequest(
  core: Core,
  workspaceId: string,
  id: string,
  by: By,
): Promise<PrivacyRequest> {
  const request = await openRequest(core, workspaceId, id)
  if (request.kind === 'erasure') await erase(core, workspaceId, request.leadId, by)
  return end(core, workspaceId, request, 'done', by)
}

/** Throws `not_found`, `request_settled`. */
export async function refusePrivacyRequest(
  core: Core,
  workspaceId: string,
  id: string,
  by: By,
): Promise<PrivacyRequest> {
  return end(core, workspaceId, await openRequest(core, workspaceId, id), 'refused', by)
}

/** By the workspace's rule; nothing is left to do where somebody was faster. */
export async function confirmByRule(core: Core, { workspaceId, id }: { workspaceId: string; id: string }) {
  try {
    await confirmPrivacyRequest(core, workspaceId, id, bySystem)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'request_settled') throw error
  }
}

async function openRequest(core: Core, workspaceId: string, id: string): Promise<PrivacyRequest> {
  const request = await getPrivacyRequest(core, workspaceId, id)
  if (request.status !== 'open')
    throw new LeadNestError(
      'request_settled',
      `This request was ${request.status === 'done' ? 'done' : 'refused'} before.`,
    )
  return request
}

/** Who is gone already, deleted for good or erased by hand, is what was asked for. */
async function erase(core: Core, workspaceId: string, leadId: string, by: By): Promise<void> {
  try {
    await eraseLead(core, workspaceId, leadId, { reason: 'asked' }, by)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
  }
}

function end(core: Core, workspaceId: string, request: PrivacyRequest, status: 'done' | 'refused', by: By) {
  return core.inWorkspace(workspaceId, async (tx) => {
    await settle(tx, workspaceId, request, status, by, core.now())
    return (await readRequest(tx, workspaceId, request.id))!
  })
}
