import { mergeMany } from '../bulk/merge-many.ts'
import { bulk } from '../bulk/run-bulk.ts'
import type { Kind } from './kind.ts'
import { undo } from './run-undo.ts'

/** Every kind of job there is. */
export const kinds: Record<string, Kind> = {
  bulk_tag: bulk,
  bulk_assign: bulk,
  bulk_move: bulk,
  bulk_delete: bulk,
  bulk_merge: mergeMany,
  undo: undo((kind) => kinds[kind]),
}
