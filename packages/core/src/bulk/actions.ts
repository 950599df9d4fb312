import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import type { Change, Restored } from '../jobs/kind.ts'
import type { Sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { BulkAction } from './bulk.ts'
import { deleteMany } from './delete-many.ts'
import { eraseMany } from './erase-many.ts'
import { messageMany } from './message-many.ts'
import { placeMany } from './place-many.ts'
import { tagMany } from './tag-many.ts'

/** What can be done to many leads at once. Merges are not, for each depends on the one before, nor is what plugins do. */
export interface Action<Of> {
  /** Changes leads that are held. Returns what it changed; what changes nothing writes nothing. */
  apply(
    tx: Tx,
    workspaceId: string,
    ids: string[],
    action: Of,
    by: By,
    at: Date,
    core: Core,
  ): Promise<Omit<Change, 'position'>[]>
  /** See `Kind`; without it nothing is kept for an undo. */
  restore?(tx: Tx, workspaceId: string, changes: Change[], lock: Sql, by: By, at: Date): Promise<Restored>
}

export type ActionOf<Type> = Extract<BulkAction, { type: Type }>

export const actions = {
  tag: tagMany,
  assign: placeMany,
  move: placeMany,
  delete: deleteMany,
  erase: eraseMany,
  message: messageMany,
} satisfies { [Type in Exclude<BulkAction['type'], 'merge' | 'plugin' | 'export'>]: Action<ActionOf<Type>> }
