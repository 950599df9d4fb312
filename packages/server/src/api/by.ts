import type { Actor, Principal, Source } from '@leadnest/core'

/** Who changes something through the API. */
export const by = ({ actor }: Principal): { actor: Actor; source: Source } => ({ actor, source: 'api' })
