import type { Issue } from '@leadnest/core'

/** A form of the lead's page that was refused: shown again as it was typed. A note's own form goes by `note-` and its id. */
export interface Refused {
  form: 'lead' | 'tags' | 'next-action' | 'new-note' | 'consents' | `note-${string}`
  typed: Record<string, string>
  issues: Issue[]
}

/** Somebody else changed the same meanwhile: a form goes back with both. */
export class Meanwhile extends Error {
  readonly issues: Issue[]

  constructor(issues: Issue[]) {
    super('Somebody else changed this meanwhile.')
    this.issues = issues
  }
}

export const refusal = 'Nothing was saved yet.'
