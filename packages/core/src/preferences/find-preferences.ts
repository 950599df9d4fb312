import type { GivenWording, Payload } from '../consents/entry.ts'
import { type OptOut, readOptOuts } from '../consents/opt-outs.ts'
import { stateOf } from '../consents/states.ts'
import { notVoided } from '../consents/voided.ts'
import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readOwnRequests } from '../privacy-requests/own-requests.ts'
import { addressedChannels, addressFor } from '../suppressions/address.ts'
import { addressesOf, familyOf, forbids, readSuppressions } from '../suppressions/suppressed.ts'
import { type Asking, asHolder, type HeldLead } from './holder.ts'
import { maskAddress } from './mask.ts'
import type { Preference, Preferences } from './preference.ts'

/** What a link shows; it changes nothing. */
export function findPreferences(core: Core, token: string): Promise<Preferences | 'unknown' | 'gone'> {
  return asHolder(core, token, async (tx, holder, lead) => {
    const { workspaceId, kind, isProven } = holder
    const [workspace] = await tx.query<{ name: string }>(sql`select name from workspaces where id = ${workspaceId}`)
    const { lines, open } = await readStanding(core, tx, holder, lead)
    const address = kind && lead[kind]
    return {
      workspaceName: workspace!.name,
      address: address && maskAddress(address),
      preferences: lines.map(({ wording: _, ...line }) => line),
      unsubscribed: open.length === 0,
      requests: isProven ? await readOwnRequests(core, tx, workspaceId, lead.id) : null,
    }
  })
}

/** A preference with the words that a grant repeats. */
export interface Line extends Preference {
  wording: GivenWording | null
}

/** How things stand for somebody: line by line, and by which channels they could still be reached. */
export async function readStanding(
  core: Core,
  tx: Tx,
  { workspaceId, proves }: Asking,
  lead: HeldLead,
): Promise<{ lines: Line[]; open: string[] }> {
  const family = await familyOf(tx, workspaceId, lead.id)
  const states = await stateOf(core, tx, workspaceId, family)
  const wordings = await readWordings(tx, workspaceId, family)
  const withheldOn = await readWithheld(core, tx, workspaceId, family, states)
  const lines = states.flatMap((state): Line[] => {
    const { channel, purpose, status, suppressed } = state
    if (purpose === null || status === 'none') return []
    const wording = wordings.get(`${channel} ${purpose}`) ?? null
    const withheld = withheldOn.get(channel)!.some((suppression) => forbids(suppression, purpose))
    const canTurnOn = wording !== null && proves(channel) && !withheld
    const on = status === 'granted' && !suppressed
    return [{ channel, purpose, words: wording?.text ?? null, on, canTurnOn, withheld, wording }]
  })
  const named = [...new Set(states.filter(({ status }) => status !== 'none').map(({ channel }) => channel))]
  const reached = await Promise.all(
    addressedChannels.map(async (channel) => (await addressesOf(tx, workspaceId, family, channel)).length > 0),
  )
  const channels = new Set([...named, ...addressedChannels.filter((_, i) => reached[i])])
  const closed = await Promise.all(
    [...channels].map((channel) => isClosed(core, tx, { workspaceId, lead, family, channel, lines })),
  )
  return { lines, open: [...channels].filter((_, i) => !closed[i]) }
}

/** By channel, what the workspace itself suppressed. */
async function readWithheld(
  core: Core,
  tx: Tx,
  workspaceId: string,
  family: string[],
  states: { channel: string }[],
): Promise<Map<string, OptOut[]>> {
  const channels = [...new Set(states.map(({ channel }) => channel))]
  const found = await Promise.all(
    channels.map(async (channel) => {
      const addresses = await addressesOf(tx, workspaceId, family, channel)
      return [channel, await readSuppressions(core, tx, workspaceId, channel, addresses, 'staff')] as const
    }),
  )
  return new Map(found)
}

interface Reach {
  workspaceId: string
  lead: HeldLead
  family: string[]
  channel: string
  lines: Line[]
}

/** The person's own no to everything stands, also for the address that they have now, and they asked for nothing since. */
async function isClosed(core: Core, tx: Tx, { workspaceId, lead, family, channel, lines }: Reach): Promise<boolean> {
  if (lines.some((line) => line.channel === channel && line.on)) return false
  const said = await readOptOuts(tx, workspaceId, family, channel)
  if (!said.some(({ purpose }) => purpose === null)) return false
  const address = addressFor(channel, lead)
  if (address === null) return true
  const suppressions = await readSuppressions(core, tx, workspaceId, channel, [address])
  return suppressions.some(({ purpose }) => purpose === null)
}

/** The words that were last agreed to, by channel and purpose. */
async function readWordings(tx: Tx, workspaceId: string, family: string[]): Promise<Map<string, GivenWording>> {
  const rows = await tx.query<{ payload: string }>(sql`
    select distinct on (channel, purpose) payload from consents
    where workspace_id = ${workspaceId} and lead_id = any(${family}::uuid[]) and kind = 'granted'
      and ${notVoided(workspaceId, family)}
      and jsonb_typeof(payload::jsonb -> 'wording') = 'object'
    order by channel, purpose, id desc`)
  return new Map(
    rows.flatMap(({ payload }) => {
      const { channel, purpose, wording } = JSON.parse(payload) as Payload
      return wording ? [[`${channel} ${purpose}`, wording] as const] : []
    }),
  )
}
