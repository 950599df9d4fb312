import { demand, type Scope } from '@leadnest/core'
import { createMiddleware } from 'hono/factory'
import type { SignedInEnv } from './env.ts'

/** Lets only those pass who have the scope; throws `forbidden`. */
export const may = (scope: Scope) =>
  createMiddleware<SignedInEnv>(async function may(c, next) {
    demand(c.var.session, scope)
    return next()
  })
