import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import { getLead } from '../leads/find-leads.ts'
import { addressFor, addressKind } from '../suppressions/address.ts'
import { preferenceLink, preferenceToken, unsubscribeHeaders } from './link.ts'
import type { PreferenceLink } from './preference.ts'

/**
 * The link to a lead's own page, to be sent through `channel`. It is always the same, and leads on to whom the lead is merged
 * into. Throws `not_found`, and `invalid_input` where the lead cannot be reached by that channel.
 */
export async function makePreferenceLink(
  core: Core,
  workspaceId: string,
  leadId: string,
  { channel: asked, publicBaseUrl }: { channel?: string | undefined; publicBaseUrl: string },
): Promise<PreferenceLink> {
  const lead = await getLead(core, workspaceId, leadId)
  const channel = asked ?? (lead.email || !lead.phone ? 'email' : 'sms')
  if (asked && addressKind(asked) && !addressFor(asked, lead))
    throw invalid('channel', `This lead cannot be written to by ${asked}.`)
  const link = preferenceLink(publicBaseUrl, preferenceToken(core, { workspaceId, leadId: lead.id, channel }))
  return { link, channel, headers: unsubscribeHeaders(link) }
}
