import { createHmac } from 'node:crypto'
import type { PluginContext } from '@leadnest/core/plugin'
import { isObject } from '../payloads/answers.ts'

/** A version of Meta's Graph lives for two years. */
const graph = 'https://graph.facebook.com/v24.0'
const fields =
  'created_time,field_data,form_id,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,platform,is_organic'

/** Meta said no for good: somebody has to do something about it, and replay then. */
export class MetaRefused extends Error {}

/** Meta tells only that there is a lead; what it says is asked for. Throws `MetaRefused`, and an Error for what may go well later. */
export async function fetchLead(
  { fetch }: Pick<PluginContext, 'fetch'>,
  leadgenId: string,
  { accessToken, secret, signal }: { accessToken: string; secret: string; signal: AbortSignal },
): Promise<Record<string, unknown>> {
  const proof = createHmac('sha256', secret).update(accessToken).digest('hex')
  const answer = await fetch(`${graph}/${leadgenId}?fields=${fields}&appsecret_proof=${proof}`, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal,
  })
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok && isObject(body) && 'field_data' in body) return body
  const error = isObject(body) && isObject(body.error) ? body.error : {}
  const said = `Meta answered ${answer.status}: ${String(error.message ?? 'nothing that can be read').slice(0, 300)}`
  // Codes of limits and of trouble of their own: https://developers.facebook.com/docs/graph-api/guides/error-handling
  const passing =
    answer.status === 429 ||
    answer.status >= 500 ||
    error.is_transient === true ||
    [1, 2, 4, 17, 32, 341, 613].includes(Number(error.code))
  throw passing ? new Error(said) : new MetaRefused(said)
}
