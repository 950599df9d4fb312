import type { Issue } from '@leadnest/core'

/** A form of the lead's page that was refused: shown again as it was typed. A note's own form goes by `note-` and its id. */
export interface Refused {
  form: 'lead' | 'tags' | 'next-action' | 'new-note' | `note-${string}`
  typed: Record<string, string>
  issues: Issue[]
}

export const refusal = 'Nothing was saved yet.'
