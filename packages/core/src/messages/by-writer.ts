import type { By } from '../events/event.ts'

/** A person who writes to the workspace, as a channel's plugin tells it. */
export const byWriter: By = { actor: { type: 'visitor', id: null, name: null }, source: 'plugin' }
