import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { keepPluginSecrets } from '../plugins/states.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { keepPepper } from '../suppressions/pepper.ts'
import { isProven, linkOf } from './entry.ts'
import { keyOf, readHead, refusalOf, signHead } from './head.ts'

/** How many entries one transaction seals. */
const batch = 5000

/** Seals a second from now, however often it is asked for in that second. Never in the transaction of a capture: captures would wait for each other at the job's key. */
export async function sealSoon(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(sql`
    select 1 as added from (
      select graphile_worker.add_job(
        'seal_consents', ${JSON.stringify({ workspaceId })}::json, run_at := now() + interval '1 second',
        job_key := ${`seal ${workspaceId}`}, job_key_mode := 'preserve_run_at'
      ) offset 0
    ) as job`)
}

/** What a minute left behind, in all workspaces: entries that wait, and what an older key had signed or sealed. */
export async function sealAll(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core)) {
    try {
      await sealConsents(core, { workspaceId })
      await keepPepper(core, workspaceId)
      await keepPluginSecrets(core, workspaceId)
    } catch (error) {
      core.log.warn({ err: error, workspaceId }, 'consents could not be sealed')
    }
  }
}

/** Puts the entries that wait into the chain, in the order of their transactions, and signs the new head. */
export async function sealConsents(core: Core, { workspaceId }: { workspaceId: string }): Promise<void> {
  let after: Place | undefined = { xid: '0', consentId: '00000000-0000-0000-0000-000000000000' }
  while (after) {
    const from: Place = after
    after = await core.inWorkspace(workspaceId, (tx) => sealBatch(core, tx, workspaceId, from))
  }
}

/** Where an entry waits. */
interface Place {
  xid: string
  consentId: string
}

/** Returns where more may wait: behind all that was read, so that what is not ours holds nothing up. */
async function sealBatch(core: Core, tx: Tx, workspaceId: string, after: Place): Promise<Place | undefined> {
  const head = await readHead(tx, workspaceId, { lock: true })
  // Nothing is built on what is not ours: the next head would sign it too.
  const refusal = head ? refusalOf(core.keyring.signer.publicKeys, head) : 'The head is missing.'
  if (!head || refusal) {
    core.log.error({ workspaceId }, `consents are not sealed any more: ${refusal} See: leadnest consent verify`)
    return undefined
  }
  const waiting = await tx.query<Place & { commitment: Buffer; proof: string }>(due(workspaceId, after))
  const ours = waiting.filter(({ consentId, commitment, proof }) =>
    isProven(core, workspaceId, consentId, commitment, proof),
  )
  if (ours.length < waiting.length)
    core.log.error(
      { workspaceId },
      `${waiting.length - ours.length} consents were not written by LeadNest, and are not sealed`,
    )
  const next = waiting.length === batch ? waiting.at(-1) : undefined
  if (ours.length === 0 && keyOf(head) === core.keyring.signer.kid) return next

  const hashes: Buffer[] = []
  for (const { commitment } of ours) hashes.push(linkOf(hashes.at(-1) ?? Buffer.from(head.hash, 'hex'), commitment))
  const signed = await signHead(core, {
    workspaceId,
    number: head.number + 1,
    entries: head.entries + ours.length,
    hash: hashes.at(-1)?.toString('hex') ?? head.hash,
    sealedAt: core.now().toISOString(),
  })
  const ids = ours.map(({ consentId }) => consentId)
  await Promise.all([
    tx.query(sql`
      insert into consent_chain (workspace_id, seq, consent_id, hash)
      select ${workspaceId}::uuid, ${head.entries}::bigint + v.n, v.consent_id, v.hash
      from unnest(${ids}::uuid[], ${hashes}::bytea[]) with ordinality as v (consent_id, hash, n)`),
    tx.query(
      sql`delete from unsealed_consents where workspace_id = ${workspaceId} and consent_id = any(${ids}::uuid[])`,
    ),
    tx.query(sql`
      update consent_heads set number = ${signed.number}, entries = ${signed.entries}, hash = decode(${signed.hash}, 'hex'),
        sealed_at = ${signed.sealedAt}, signature = ${signed.signature}
      where workspace_id = ${workspaceId}`),
  ])
  return next
}

/**
 * In the order of their transactions, as far as these are committed. One with a lower number that is committed later waits
 * here for the next time: what is not sealed stays in the table, so nothing can be passed over and no horizon is needed.
 */
const due = (workspaceId: string, { xid, consentId }: Place) => sql`
  select w.xid::text as xid, w.consent_id, c.commitment, w.proof from unsealed_consents w
  join consents c on c.workspace_id = w.workspace_id and c.id = w.consent_id
  where w.workspace_id = ${workspaceId} and (w.xid, w.consent_id) > (${xid}::xid8, ${consentId}::uuid)
  order by w.xid, w.consent_id limit ${batch}`
