import { normaliseEmail } from '../leads/identity.ts'
import { normalisePhone } from '../leads/phone.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { plain } from '../text.ts'

const kinds: Record<string, 'email' | 'phone'> = {
  email: 'email',
  sms: 'phone',
  phone: 'phone',
  voice: 'phone',
  whatsapp: 'phone',
  rcs: 'phone',
}

/** Channels that address people by what a lead has. */
export const addressedChannels = Object.keys(kinds)

/** By what a channel addresses people: their e-mail, their phone, or nothing that a lead has. */
export const addressKind = (channel: string): 'email' | 'phone' | null =>
  Object.hasOwn(kinds, channel) ? kinds[channel]! : null

/** The address of somebody on a channel, where they have one. */
export function addressFor(
  channel: string,
  person: { email?: string | null | undefined; phone?: string | null | undefined },
): string | null {
  const kind = addressKind(channel)
  return (kind && person[kind]) ?? null
}

/** One text for one address, as identity goes by it. Throws `invalid_input` at `address`. */
export async function normaliseAddress(tx: Tx, workspaceId: string, channel: string, address: string): Promise<string> {
  const kind = addressKind(channel)
  if (kind === 'email') return normaliseEmail(address, 'address')
  if (kind !== 'phone') return plain(address).toLowerCase()
  const [workspace] = await tx.query<{ country: string | null }>(
    sql`select country from workspaces where id = ${workspaceId}`,
  )
  return normalisePhone(address, workspace!.country, 'address')
}
