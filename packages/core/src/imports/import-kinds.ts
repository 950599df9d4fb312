import type { Kind, Needs, Runner } from '../jobs/kind.ts'
import { runImport } from './run-import.ts'
import { undoStep } from './undo-import.ts'

const needs: Needs = { scope: 'leads:write', admins: true }

export const importKind: Runner = { run: runImport, patience: 30_000, pauses: true, undoneBy: 'import_undo', needs }

export const importUndo: Kind = { step: undoStep, needs }
