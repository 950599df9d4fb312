import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressFor } from '../suppressions/address.ts'
import { addressesOf, familyOf, isSuppressedIn } from '../suppressions/suppressed.ts'
import { liftSuppression, suppress } from '../suppressions/suppressions.ts'
import type { Consent, ConsentInput } from './consent.ts'
import { type Entry, type GivenWording, hashOfWording, insertEntries, newEntry, type Payload } from './entry.ts'
import { consentOf } from './list-consents.ts'
import { findWordings } from './wordings.ts'

/** What a person said, as a door heard it. */
export interface Said
  extends Partial<
    Pick<Payload, 'wording' | 'step' | 'address' | 'page' | 'formId' | 'submissionId' | 'reason' | 'proof'>
  > {
  action: 'grant' | 'revoke'
  leadId: string
  channel: string
  purpose: string | null
  at?: Date | string | undefined
}

/**
 * Writes what a person said into the ledger, with its event. A revocation suppresses every address that the person has on
 * the channel. A grant lifts an earlier no only with `proof`: by what the person showed that the address is theirs, as in `confirmation link`. That is
 * for doors that ask for such an act, and for no other.
 */
export async function recordConsent(core: Core, tx: Tx, workspaceId: string, said: Said, by: By): Promise<Entry> {
  const entry = await writeDown(core, tx, workspaceId, said, by)
  await tell(core, tx, workspaceId, [{ said, entry }], by)
  return entry
}

/** The same for several that a person said about one lead at once: one event for what was granted, and one for what was revoked. */
export async function recordConsents(core: Core, tx: Tx, workspaceId: string, all: Said[], by: By): Promise<void> {
  const written: Written[] = []
  // One after another: each entry stands after those before it.
  for (const said of all) written.push({ said, entry: await writeDown(core, tx, workspaceId, said, by) })
  for (const action of ['grant', 'revoke']) {
    const same = written.filter(({ said }) => said.action === action)
    if (same.length > 0) await tell(core, tx, workspaceId, same, by)
  }
}

interface Written {
  said: Said
  entry: Entry
}

async function writeDown(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { action, proof, at, ...said }: Said,
  by: By,
): Promise<Entry> {
  const { leadId, channel, purpose, reason = null } = said
  const address = said.address ?? addressFor(channel, await readLead(tx, workspaceId, leadId, { evenDeleted: true }))
  const { actor, source } = by
  const about = { ...said, address, actor, source, ...(at && { at }) }
  const family = await familyOf(tx, workspaceId, leadId)
  const after = await lastOf(tx, workspaceId, family)
  // In one order for all, so that two who hold some of them do not wait for each other.
  const addresses = [
    ...new Set([...(address ? [address] : []), ...(await addressesOf(tx, workspaceId, family, channel))]),
  ].sort()
  const kind = action === 'grant' ? 'granted' : 'revoked'
  const step = said.step ?? (action === 'grant' ? 'single' : null)
  const entry = newEntry(core, workspaceId, { ...about, step, kind, proof: proof ?? null }, { after })
  const entries = [entry]
  if (action === 'revoke')
    for (const known of addresses)
      await suppress(core, tx, workspaceId, { channel, address: known, purpose, reason, origin: 'opt_out' }, by)
  if (
    action === 'grant' &&
    proof &&
    (await isSuppressedIn(core, tx, workspaceId, { channel, address, leadId, purpose }))
  ) {
    for (const known of addresses) await liftSuppression(core, tx, workspaceId, { channel, address: known, purpose })
    entries.push(
      newEntry(
        core,
        workspaceId,
        { ...about, wording: null, step: null, kind: 'lifted', proof },
        { after: entry.payload.id },
      ),
    )
  }
  await tx.query(insertEntries(workspaceId, entries))
  return entry
}

/** Of one lead and one action. */
function tell(core: Core, tx: Tx, workspaceId: string, written: Written[], by: By): Promise<void> {
  const { action, leadId, submissionId } = written[0]!.said
  const consents = written.map(({ entry: { payload } }) => ({
    id: payload.id,
    channel: payload.channel,
    purpose: payload.purpose,
  }))
  return recordEvents(tx, workspaceId, [
    newEvent({
      type: action === 'grant' ? 'consent.granted' : 'consent.revoked',
      leadId,
      ...(submissionId && { submissionId }),
      ...by,
      data: { ...(submissionId && { submissionId }), consents },
      at: core.now(),
    }),
  ])
}

async function lastOf(tx: Tx, workspaceId: string, family: string[]): Promise<string | undefined> {
  const [last] = await tx.query<{ id: string }>(sql`
    select id from consents
    where workspace_id = ${workspaceId} and lead_id = any(${family}::uuid[])
    order by id desc limit 1`)
  return last?.id
}

/**
 * Writes down what a person told somebody of the workspace. It never lifts an opt-out. Throws `not_found`, `lead_merged`,
 * `unknown_reference` at `wordingId`, `invalid_input`.
 */
export function addConsent(
  core: Core,
  workspaceId: string,
  leadId: string,
  { wordingId, wording, at, page, ...input }: ConsentInput,
  by: By,
): Promise<Consent> {
  // A clock that goes ahead by some seconds is nobody's fault.
  if (at !== undefined && Date.parse(at) > core.now().getTime() + 60_000)
    throw invalid('at', 'This is in the future. Say when the person said it.')
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId)
    const words = wordingId ? await wordsOf(tx, workspaceId, wordingId, input) : wording ? given(wording) : null
    const entry = await recordConsent(
      core,
      tx,
      workspaceId,
      { ...input, leadId: leadId.toLowerCase(), wording: words, page: page ?? null, at },
      by,
    )
    return consentOf({ ...entry, id: entry.payload.id, seq: null, voidedAt: null })
  })
}

const given = ({ text, language }: { text: string; language: string }): GivenWording => ({
  id: null,
  text,
  hash: hashOfWording(text),
  language,
})

async function wordsOf(
  tx: Tx,
  workspaceId: string,
  wordingId: string,
  { channel, purpose }: Pick<ConsentInput, 'channel' | 'purpose'>,
): Promise<GivenWording> {
  const named = wordingId.toLowerCase()
  const wording = (await findWordings(tx, workspaceId, [named])).get(named)
  if (!wording)
    throw new LeadNestError('unknown_reference', 'There are no such words.', {
      issues: [{ path: 'wordingId', message: 'No form of this workspace has words of this id.' }],
    })
  if (wording.channel !== channel) throw invalid('channel', `These words are about the channel ${wording.channel}.`)
  if (purpose !== null && wording.purpose !== purpose)
    throw invalid('purpose', `These words are about the purpose ${wording.purpose}.`)
  const { id, text, hash, language } = wording
  return { id, text, hash, language }
}
