import { LeadNestError, type PluginContext } from '@leadnest/core/plugin'
import { KeyMissing } from '../endpoints/secret.ts'
import { webhookId } from '../message.ts'
import { sign } from '../sign.ts'
import { readRetryAfter } from './schedule.ts'

/** How long a receiver may take, in ms, and how much of its answer is kept, in bytes. */
const patience = 15_000
const kept = 10 * 1024

/** Where a delivery goes, and with what. */
export interface Target {
  url: string
  headers(): Record<string, string>
  /** The newest first. Either throws what an operator has to do where a key is missing. */
  secrets(): string[]
}

/** What came of a try; `not_now` is whoever could not be reached, or asks for patience. */
export interface Outcome {
  verdict: 'taken' | 'refused' | 'gone' | 'not_now'
  status: number | null
  error: string | null
  body: string | null
  durationMs: number
  /** In ms. */
  retryAfter: number
}

/** Sends once. What goes wrong is an outcome, never a throw: a receiver's failure is none of the plugin. */
export async function tryDelivery(
  { fetch, now }: PluginContext,
  { url, headers, secrets }: Target,
  { eventId, body }: { eventId: string; body: string },
): Promise<Outcome> {
  const began = performance.now()
  const durationMs = () => Math.round(performance.now() - began)
  const signal = AbortSignal.timeout(patience)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers(),
        'content-type': 'application/json',
        'user-agent': 'LeadNest-Webhooks/1',
        ...sign(body, secrets(), { id: webhookId(eventId), at: now() }),
      },
      body,
      signal,
    })
    const { status } = response
    const retryAfter = readRetryAfter(response.headers.get('retry-after'), now())
    return {
      verdict: verdictOf(status),
      status,
      error: errorOf(status),
      body: await beginningOf(response),
      durationMs: durationMs(),
      retryAfter,
    }
  } catch (error) {
    const said = signal.aborted ? `It did not answer within ${patience / 1000} s.` : whatWentWrong(error)
    return { verdict: 'not_now', status: null, error: said, body: null, durationMs: durationMs(), retryAfter: 0 }
  }
}

function verdictOf(status: number): Outcome['verdict'] {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 410) return 'gone'
  return status === 429 || status === 503 ? 'not_now' : 'refused'
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400
    ? `It answered ${status}; redirects are not followed.`
    : `It answered ${status}; only 2xx counts as taken.`
}

function whatWentWrong(error: unknown): string {
  if (error instanceof LeadNestError || error instanceof KeyMissing) return error.message
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code ? `It could not be reached (${code}).` : 'It could not be reached.'
}

/** The first bytes of an answer as text that Postgres takes; the rest is not waited for. Where it breaks off, what came until then. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  while (reader && length < kept) {
    const { done, value } = await reader.read().catch(() => ({ done: true as const, value: undefined }))
    if (done) break
    chunks.push(value)
    length += value.length
  }
  await reader?.cancel().catch(() => undefined)
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, kept)).replaceAll('\u0000', '')
}
