import type { Client, Principal } from '@leadnest/core'
import type { Logger } from 'pino'

/** What a request carries on its way through the app. */
export interface Env {
  /** What @hono/node-server hands along with a request; a test hands its own. */
  Bindings: { incoming?: { socket: { remoteAddress?: string | undefined }; url?: string | undefined } }
  Variables: {
    requestId: string
    /** Where the pages about errors are. */
    publicBaseUrl: string
    log: Logger
    /** The network address that asks, as limits count it; undefined where the server around us does not tell. */
    client: string | undefined
    /** What the rules against spam may know of the browser. */
    visitor: Client
    /** Who asks; undefined without a credential. */
    principal: Principal | undefined
    /** A credential came, and is no good. */
    wrongCredential: boolean
    /** A key came that was not seen to be right yet, by its hash. */
    guessed: string
  }
}
