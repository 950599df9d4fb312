import {
  type Core,
  claimAnswer,
  holdClaim,
  type IdempotencyKey,
  idsIn,
  inFlightAlone,
  keepAnswer,
  keyedFingerprint,
  LeadNestError,
  type Principal,
  readIdempotencyKey,
  releaseClaim,
  rememberingCore,
  type StoredAnswer,
} from '@leadnest/core'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Env } from './env.ts'
import { problem, statusOf } from './problem.ts'
import type { Upload } from './upload.ts'

/** The caller's Idempotency-Key: its scope is the credential, its fingerprint the method, path, query and body. */
export function idempotencyOf(
  c: Context<Env>,
  core: Core,
  principal: Principal | undefined,
  text: string,
  upload?: Upload,
): IdempotencyKey | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const { method, path, url } = c.req
  const fingerprint = (text: string) => keyedFingerprint(core.keyring, method, path, new URL(url).search, text)
  return {
    key: readIdempotencyKey(header),
    scope: principal ? `${principal.actor.type}:${principal.actor.id}` : 'public',
    names: idsIn(c.req.path),
    ...fingerprint(text),
    ...(upload && { whole: async () => fingerprint(`${text}\n${await upload.hash()}`) }),
  }
}

export const replayedHeader = 'idempotency-replayed'

/** Refusals that may be another answer a moment later, or are no answer of a use case. */
const neverKept = new Set([400, 401, 403, 405, 408, 413, 415, 429])

/**
 * Carries a request out once for its key, and gives what it was answered to whoever repeats it. The answer is stored in the
 * transaction of the work; one that changed nothing, and a refusal of the use case, right after it.
 */
export function answeredOnce(
  c: Context<Env>,
  core: Core,
  request: OneRequest,
  work: (core: Core) => Promise<Response>,
): Promise<Response> {
  return inFlightAlone(core, request.workspaceId, request.key, () => answer(c, core, request, work))
}

interface OneRequest {
  workspaceId: string
  key: IdempotencyKey
  /** Of a success, where the use case does not say. */
  status: number
  /** Works in several transactions: only its whole answer is stored, and a repeat after a failure or a crash begins anew. */
  inSteps: boolean
  upload?: Upload | undefined
}

async function answer(
  c: Context<Env>,
  core: Core,
  { workspaceId, key, status, inSteps, upload }: OneRequest,
  work: (core: Core) => Promise<Response>,
): Promise<Response> {
  const claimed = await claimAnswer(core, workspaceId, key)
  if ('answer' in claimed) return replay(c, claimed.answer)
  const { claim } = claimed
  const holding = inSteps ? holdClaim(core, claim) : undefined
  const remembering = inSteps ? { core, stored: () => undefined } : rememberingCore(core, claim, status)
  try {
    const response = await work(remembering.core)
    await holding?.end()
    const answer = { status: response.status, body: response.status === 204 ? 'null' : await response.clone().text() }
    if (remembering.stored()?.body !== answer.body) await keepAnswer(core, claim, answer)
    return response
  } catch (error) {
    await holding?.end()
    // What was done is stored with its answer, so the claim is let go only where nothing was.
    if (remembering.stored()) throw error
    // A refusal before the end of a file does not know what it refused.
    if (!(error instanceof LeadNestError) || !isKept(error) || upload?.isRead() === false) {
      await releaseClaim(core, claim).catch(() => undefined)
      throw error
    }
    const response = problem(c, error)
    await keepAnswer(core, claim, { status: response.status, body: await response.clone().text() })
    return response
  }
}

const isKept = (error: LeadNestError) =>
  statusOf(error) < 500 && !neverKept.has(statusOf(error)) && error.code !== 'idempotency_in_flight'

function replay(c: Context<Env>, { status, body }: StoredAnswer): Response {
  const replayed = { [replayedHeader]: 'true' }
  if (status === 204) return c.body(null, 204, replayed)
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  return c.body(body, status as ContentfulStatusCode, { ...replayed, 'content-type': type })
}
