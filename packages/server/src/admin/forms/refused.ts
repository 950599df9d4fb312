import type { Issue } from '@leadnest/core'

/** A section of a form's page that was not saved: what was typed there, and why not. */
export interface Refused {
  section: string
  typed: Record<string, string>
  title: string
  issues: Issue[]
}

export const typedIn = (refused: Refused | undefined, name: string): string | undefined => refused?.typed[name]
