import { createHmac, randomBytes } from 'node:crypto'
import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

const use = (workspaceId: string) => `suppressions ${workspaceId}`

/** Peppers never change, so they are read once. */
const known = new WeakMap<Core['keyring'], Map<string, Buffer>>()

async function readPepper(core: Core, tx: Tx, workspaceId: string): Promise<Buffer> {
  const peppers = known.get(core.keyring) ?? new Map<string, Buffer>()
  known.set(core.keyring, peppers)
  const pepper = peppers.get(workspaceId) ?? (await loadPepper(core, tx, workspaceId))
  peppers.set(workspaceId, pepper)
  return pepper
}

async function loadPepper(core: Core, tx: Tx, workspaceId: string): Promise<Buffer> {
  const [stored] = await tx.query<{ sealed: string }>(
    sql`select sealed from suppression_peppers where workspace_id = ${workspaceId}`,
  )
  const opened = stored && core.keyring.open(use(workspaceId), stored.sealed)
  // A new one would match nothing that was suppressed before: people who said no would be written to again.
  if (opened === undefined)
    throw new Error(
      'The pepper of suppressions was sealed by a key that is not in LEADNEST_SECRET_KEY any more. Add that key at the end of the list.',
    )
  return Buffer.from(opened, 'base64url')
}

/** Made with the workspace, or for one that was there before. */
export async function makePepper(core: Core, tx: Tx, workspaceId: string): Promise<void> {
  const sealed = core.keyring.seal(use(workspaceId), randomBytes(32).toString('base64url'))
  await tx.query(
    sql`insert into suppression_peppers (workspace_id, sealed) values (${workspaceId}, ${sealed}) on conflict do nothing`,
  )
}

/** Seals the pepper by the newest key, so that older ones can leave the list. */
export async function keepPepper(core: Core, workspaceId: string): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const [stored] = await tx.query<{ sealed: string }>(
      sql`select sealed from suppression_peppers where workspace_id = ${workspaceId}`,
    )
    if (!stored || core.keyring.isNewest(stored.sealed)) return
    const pepper = await loadPepper(core, tx, workspaceId)
    const sealed = core.keyring.seal(use(workspaceId), pepper.toString('base64url'))
    await tx.query(sql`
      update suppression_peppers set sealed = ${sealed} where workspace_id = ${workspaceId} and sealed = ${stored.sealed}`)
  })
}

/** What is stored of an address for ever: nobody can tell it without the pepper, nor try addresses out. */
export async function hashAddress(
  core: Core,
  tx: Tx,
  workspaceId: string,
  channel: string,
  address: string,
): Promise<Buffer> {
  const pepper = await readPepper(core, tx, workspaceId)
  return createHmac('sha256', pepper).update(`${channel}\n${address}`).digest()
}
