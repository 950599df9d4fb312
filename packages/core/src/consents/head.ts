import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { type PublicKeys, readJws, signJws } from '../jws.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { makePepper } from '../suppressions/pepper.ts'
import { genesisOf } from './entry.ts'

/** How far the chain of a workspace goes, signed: whoever keeps one can tell later whether anything of it was changed. */
export interface Head {
  workspaceId: string
  /** How many heads there were before. */
  number: number
  entries: number
  /** That of the last row, in hex. */
  hash: string
  sealedAt: string
  /** A compact JWS (EdDSA) of all this, by a key of /.well-known/jwks.json. */
  signature: string
}

const typ = 'consent-head+jwt'
type Claims = Omit<Head, 'signature'>

export async function signHead(core: Core, head: Claims): Promise<Head> {
  return { ...head, signature: await signJws(core.keyring.signer, typ, claimsOf(head)) }
}

const claimsOf = ({ workspaceId, number, entries, hash, sealedAt }: Claims): Claims => ({
  workspaceId,
  number,
  entries,
  hash,
  sealedAt,
})

/** What is wrong with a head; undefined where one of these keys signed just this. */
export function refusalOf(keys: PublicKeys, head: Head): string | undefined {
  const read = readJws(keys, typ, head.signature)
  if ('refusal' in read) return `The head is not signed by this installation. ${read.refusal}`
  if (JSON.stringify(read.claims) !== JSON.stringify(claimsOf(head)))
    return 'The head says something else than what was signed.'
  return undefined
}

/** The id of the key that signed it. */
export function keyOf({ signature }: Pick<Head, 'signature'>): string | undefined {
  try {
    return (JSON.parse(Buffer.from(signature.split('.')[0]!, 'base64url').toString()) as { kid?: string }).kid
  } catch {
    return undefined
  }
}

/** Of the transaction's workspace; with `lock` nobody else seals until its end. */
export async function readHead(tx: Tx, workspaceId: string, { lock = false } = {}): Promise<Head | undefined> {
  const [head] = await tx.query<Head>(sql`
    select workspace_id, number, entries, encode(hash, 'hex') as hash, sealed_at, signature from consent_heads
    where workspace_id = ${workspaceId} ${lock ? sql`for update` : sql``}`)
  return head
}

/** The head of an empty chain. Made with the workspace and never again, or an emptied ledger would be signed as new. */
export async function beginLedger(core: Core, tx: Tx, workspaceId: string): Promise<void> {
  const { number, entries, hash, sealedAt, signature } = await signHead(core, {
    workspaceId,
    number: 0,
    entries: 0,
    hash: genesisOf(workspaceId).toString('hex'),
    sealedAt: core.now().toISOString(),
  })
  await tx.query(sql`
    insert into consent_heads (workspace_id, number, entries, hash, sealed_at, signature)
    values (${workspaceId}, ${number}, ${entries}, decode(${hash}, 'hex'), ${sealedAt}, ${signature})
    on conflict do nothing`)
}

/** For the workspaces that were there before the ledger was: only in the very run that made its tables. */
export async function beginLedgers(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, async (tx) => {
      await beginLedger(core, tx, workspaceId)
      await makePepper(core, tx, workspaceId)
    })
}
