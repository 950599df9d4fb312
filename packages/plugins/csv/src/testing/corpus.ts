import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file and what has to become of it. */
export interface Case {
  file: string
  bytes: number
  expect: {
    job: 'completed' | 'completed_with_errors' | 'failed' | null
    rows?: number
    imported: number
    skipped?: number
    failed?: number
    code?: string
    at_row?: number
    errors?: { row: number; code: string }[]
  }
}

export const folder = join(import.meta.dirname, 'corpus')

/** What the manifest leaves open, and this importer decides. */
const decided: Record<string, Partial<Case['expect']>> = {
  '20-backslash-quote.csv': { rows: 2, imported: 1, failed: 1, errors: [{ row: 1, code: 'invalid_quote' }] },
  '41-bad-values.csv': {
    errors: [
      { row: 1, code: 'invalid_email' },
      { row: 2, code: 'invalid_phone' },
      { row: 3, code: 'missing_key' },
    ],
  },
}

export const cases: Case[] = ['manifest.json', 'more.json']
  .flatMap((name): Case[] => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  .map(({ expect, ...one }) => ({ ...one, expect: { ...expect, ...decided[one.file] } }))
