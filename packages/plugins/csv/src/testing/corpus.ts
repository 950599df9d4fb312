import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file and what has to become of it. */
export interface Case {
  file: string
  bytes: number
  expect: {
    job: 'completed' | 'completed_with_errors' | 'failed' | null
    rows?: number
    imported?: number
    min_imported?: number
    skipped?: number
    failed?: number
    code?: string
    at_row?: number
    errors?: { row: number; code: string }[]
  }
}

export const folder = join(import.meta.dirname, 'corpus')
export const cases: Case[] = ['manifest.json', 'more.json'].flatMap((name) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')),
)
