import type { Kind, Runner } from '../jobs/kind.ts'
import { runImport } from './run-import.ts'
import { undoStep } from './undo-import.ts'

export const importKind: Runner = { run: runImport, patience: 30_000, pauses: true, undoneBy: 'import_undo' }

export const importUndo: Kind = { step: undoStep }
