import { channelsOf } from '../channels/find-channel.ts'
import { type OptOut, readOptOuts } from '../consents/opt-outs.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressesOf, familyOf, forbids, readSuppressions } from '../suppressions/suppressed.ts'

/** What a STOP to one of our numbers alone is about. No purpose that somebody names begins so. */
export const purposeOfNumber = (sender: string): string => `number:${sender}`

/** Where the provider chooses the number that a message really leaves from: by no sender, or by one that stands for several. */
export function isChosenLater(core: Pick<Core, 'plugins'>, channelId: string, sender: string | null): boolean {
  if (sender === null) return true
  const found = channelsOf(core).find(({ channel }) => channel.id === channelId)
  return found?.channel.choosesNumber?.(sender) === true
}

/** Whom a message is about to go to. */
export interface Recipient {
  channel: string
  address: string
  leadId: string | null
  purpose: string | null
  sender: string | null
}

/**
 * Whether a no speaks against this message: one of the address, or of any other address of the person, or of their ledger. A no to
 * one of our numbers is about messages from that number.
 */
export async function isForbidden(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, address, leadId, purpose, sender }: Recipient,
): Promise<boolean> {
  const family = leadId ? await familyOf(tx, workspaceId, leadId) : []
  const addresses = [...new Set([address, ...(await addressesOf(tx, workspaceId, family, channel))])]
  const [byAddress, byLead] = await Promise.all([
    readSuppressions(core, tx, workspaceId, channel, addresses),
    family.length > 0 ? readOptOuts(tx, workspaceId, family, channel) : [],
  ])
  const number = isChosenLater(core, channel, sender) ? null : sender
  return [...byAddress, ...byLead].some((optOut) => speaksAgainst(optOut, purpose, number))
}

function speaksAgainst(optOut: OptOut, purpose: string | null, number: string | null): boolean {
  if (!optOut.purpose?.startsWith('number:')) return forbids(optOut, purpose)
  // Where nobody knows the number yet, it may be that one.
  return number === null || optOut.purpose === purposeOfNumber(number)
}

/** Throws `suppressed`. */
export async function assertAllowed(core: Core, tx: Tx, workspaceId: string, recipient: Recipient): Promise<void> {
  if (await isForbidden(core, tx, workspaceId, recipient))
    throw new LeadNestError('suppressed', `This person does not want to be written to by ${recipient.channel}.`)
}
