import type { Core, Session } from '@leadnest/core'
import type { Feed } from '../feed.ts'
import type { Env } from '../http/env.ts'

/** What the admin needs from the server around it. */
export interface AdminDeps {
  core: Core
  feed: Feed
  publicUrl: string
  production: boolean
}

/** Anyone's page. `session` is there once `withSession` found one, so that error pages know whose they are. */
export interface AdminEnv {
  Variables: Pick<Env['Variables'], 'requestId' | 'log' | 'client'> & AdminDeps & { session?: Session }
}

/** A page behind `requireSession`. */
export interface SignedInEnv {
  Variables: AdminEnv['Variables'] & { session: Session }
}
