import type { By } from '@leadnest/core'
import type { Context } from 'hono'
import type { SignedInEnv } from './env.ts'

/** Who changes something on a page. */
export const by = (c: Context<SignedInEnv>): By => ({ actor: c.var.session.actor, source: 'admin' })
