import type { By, Principal } from '@leadnest/core'

/** Who changes something through the API. */
export const by = ({ actor }: Principal): By => ({ actor, source: 'api' })

/** The same where it matters what they may do. */
export const asker = (principal: Principal) => ({ principal, source: 'api' as const })
