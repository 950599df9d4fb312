import { mergeMany } from '../bulk/merge-many.ts'
import { pluginMany } from '../bulk/plugin-many.ts'
import { bulk, bulkErase, bulkMessage } from '../bulk/run-bulk.ts'
import { exportKind } from '../exports/run-export.ts'
import { importKind, importUndo } from '../imports/import-kinds.ts'
import type { Kind, Runner } from './kind.ts'
import { undo } from './run-undo.ts'

/** Every kind of job there is. */
export const kinds: Record<string, Kind | Runner> = {
  bulk_tag: bulk,
  bulk_assign: bulk,
  bulk_move: bulk,
  bulk_delete: bulk,
  bulk_erase: bulkErase,
  bulk_message: bulkMessage,
  bulk_merge: mergeMany,
  export: exportKind,
  bulk_plugin: pluginMany,
  import: importKind,
  import_dry_run: { ...importKind, undoneBy: undefined },
  import_undo: importUndo,
  undo: undo((name) => {
    const kind = kinds[name]
    return kind && 'step' in kind ? kind : undefined
  }),
}

/** The kind of job that takes back one of this kind; undefined where nothing does. */
export function undoneBy(name: string): string | undefined {
  const kind = kinds[name]
  if (!kind) return undefined
  return 'run' in kind ? kind.undoneBy : kind.restore && 'undo'
}
