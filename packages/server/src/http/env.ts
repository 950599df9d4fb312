import type { Principal } from '@leadnest/core'
import type { Logger } from 'pino'

/** What a request carries on its way through the app. */
export interface Env {
  Variables: {
    requestId: string
    log: Logger
    /** Who asks; undefined without a credential. */
    principal: Principal | undefined
  }
}
