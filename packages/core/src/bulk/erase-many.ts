import { beginErasure } from '../privacy/begin-erasure.ts'
import { orOvertaken } from '../privacy/erase-lead.ts'
import { eraseNext } from '../privacy/erase-next.ts'
import type { Action, ActionOf } from './actions.ts'

/** How many rows one statement removes. */
const batch = 2000
/** Each lead with all that is known of it, in the transaction of the checkpoint. There is no way back. */
export const eraseMany: Action<ActionOf<'erase'>> = {
  async apply(tx, workspaceId, ids, { reason }, by, _, core) {
    for (const id of ids)
      await orOvertaken(async () => {
        let erasing = await beginErasure(core, tx, workspaceId, id, reason, by)
        for (let more = true; more; ) {
          const { erased, removed } = await eraseNext(core, tx, erasing, batch)
          erasing = { ...erasing, removed }
          more = !erased
        }
      })
    return ids.map((leadId) => ({ leadId, before: {}, after: {} }))
  },
}
