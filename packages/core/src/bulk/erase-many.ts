import { beginErasure } from '../privacy/begin-erasure.ts'
import { leaveRest, orOvertaken } from '../privacy/erase-lead.ts'
import { eraseNext } from '../privacy/erase-next.ts'
import type { Action, ActionOf } from './actions.ts'

/** How many rows one checkpoint removes, of all its leads. */
const batch = 2000

/**
 * Each lead with what is known of it, in the transaction of the checkpoint. One with more than that has room for is gone for everybody
 * from its commit on, and a job removes the rest. There is no way back.
 */
export const eraseMany: Action<ActionOf<'erase'>> = {
  async apply(tx, workspaceId, ids, { reason }, by, _, core) {
    let room = batch
    for (const id of ids)
      await orOvertaken(async () => {
        const erasing = await beginErasure(core, tx, workspaceId, id, reason, by)
        const { erased, gone } = await eraseNext(core, tx, erasing, room)
        if (!erased) await leaveRest(core, tx, erasing, new Date())
        room -= gone
      })
    return ids.map((leadId) => ({ leadId, before: {}, after: {} }))
  },
}
