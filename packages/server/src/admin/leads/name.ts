import type { Lead } from '@leadnest/core'

/** What to call somebody who may have left only a phone number. */
export function nameOf(lead: Lead): string {
  return lead.name || lead.email || lead.phone || 'Someone without a name'
}
