import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readLead } from '../leads/find-leads.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressFor, addressKind } from '../suppressions/address.ts'
import { addressMark, preferenceLink, preferenceToken, unsubscribeHeaders } from './link.ts'
import type { PreferenceLink } from './preference.ts'

interface Wish {
  channel?: string | undefined
  publicBaseUrl: string
}

/**
 * The link to a lead's own page for somebody to pass on, with its event. It can turn things off and nothing else: whoever is
 * handed it is not the person. It is always the same, and leads on to whom the lead is merged into. Throws `not_found` and
 * `invalid_input` where the lead cannot be reached by that channel.
 */
export function makePreferenceLink(
  core: Core,
  workspaceId: string,
  leadId: string,
  { channel: asked, publicBaseUrl }: Wish,
  by: By,
): Promise<PreferenceLink> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const { id, channel } = await reach(tx, workspaceId, leadId, asked)
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'lead.link_made', leadId: id, ...by, data: { channel }, at: core.now() }),
    ])
    return linkOf(publicBaseUrl, preferenceToken(core, { workspaceId, leadId: id, channel }), channel)
  })
}

/**
 * The same link for what sends the message itself, and shows it to nobody else: it proves the address that the lead has now,
 * so it can turn things on and ask for data. Throws as `makePreferenceLink` does.
 */
export function makeProvingLink(
  core: Core,
  workspaceId: string,
  leadId: string,
  { channel, publicBaseUrl }: Wish,
): Promise<PreferenceLink> {
  return core.inWorkspace(workspaceId, (tx) => provingLinkIn(core, tx, workspaceId, leadId, channel, publicBaseUrl))
}

/** The same in a transaction that does more. */
export async function provingLinkIn(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadId: string,
  asked: string | undefined,
  publicBaseUrl: string = core.publicBaseUrl,
): Promise<PreferenceLink> {
  const { id, channel, address } = await reach(tx, workspaceId, leadId, asked)
  const mark = await addressMark(core, tx, workspaceId, { kind: addressKind(channel), address })
  return linkOf(publicBaseUrl, preferenceToken(core, { workspaceId, leadId: id, channel, mark }), channel)
}

async function reach(tx: Tx, workspaceId: string, leadId: string, asked: string | undefined) {
  const lead = await readLead(tx, workspaceId, leadId)
  const channel = asked ?? (lead.email || !lead.phone ? 'email' : 'sms')
  const address = addressFor(channel, lead)
  if (asked && addressKind(asked) && !address) throw invalid('channel', `This lead cannot be written to by ${asked}.`)
  return { id: lead.id, channel, address }
}

function linkOf(publicBaseUrl: string, token: string, channel: string): PreferenceLink {
  const link = preferenceLink(publicBaseUrl, token)
  return { link, channel, headers: unsubscribeHeaders(link) }
}
