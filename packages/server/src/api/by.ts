import type { By, Principal } from '@leadnest/core'

/** Who changes something through the API. */
export const by = ({ actor }: Principal): By => ({ actor, source: 'api' })
