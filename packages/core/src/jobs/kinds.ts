import { mergeMany } from '../bulk/merge-many.ts'
import { bulk, bulkErase } from '../bulk/run-bulk.ts'
import type { Kind } from './kind.ts'
import { undo } from './run-undo.ts'

/** Every kind of job there is. */
export const kinds: Record<string, Kind> = {
  bulk_tag: bulk,
  bulk_assign: bulk,
  bulk_move: bulk,
  bulk_delete: bulk,
  bulk_erase: bulkErase,
  bulk_merge: mergeMany,
  undo: undo((kind) => kinds[kind]),
}
