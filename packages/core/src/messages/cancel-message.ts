import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import type { Message } from './message.ts'
import { settle } from './settle-message.ts'
import { lockMessage, orNotFound, shown } from './statements.ts'

/** Takes back what has not left. Throws `not_found`, and `message_left` for what has, or was taken back. */
export function cancelMessage(core: Core, workspaceId: string, id: string, by: By): Promise<Message> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const message = orNotFound(await lockMessage(tx, workspaceId, id))
    if (message.status !== 'queued' && message.status !== 'scheduled')
      throw new LeadNestError(
        'message_left',
        `This message is ${message.status}. Only what waits to leave can be taken back.`,
      )
    return shown({ ...(await settle(tx, workspaceId, message, 'cancelled', { by, at: core.now() })), dueAt: null })
  })
}
