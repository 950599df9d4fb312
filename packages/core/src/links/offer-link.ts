import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import type { Plugin } from '../plugins/define-plugin.ts'
import { operatorTurn, postpone, turnIfAny, turnOf, watched } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Link } from './link.ts'

/** How long a plugin may take to send one, in ms. */
const patience = 60_000
const task = 'send_link'
const sealedFor = (workspaceId: string) => `link ${workspaceId}`

interface Payload {
  workspaceId: string
  pluginId: string
  sealed: string
}

/** The plugin that sends links in this workspace; undefined where people hand them over themselves. */
async function carrierOf(core: Core, workspaceId: string): Promise<Plugin | undefined> {
  for (const plugin of core.plugins) if (plugin.sendLink && (await turnIfAny(core, workspaceId, plugin))) return plugin
  return undefined
}

/**
 * Who carries links to new passwords, and where. Whoever reads one has the account, in all its workspaces: so it goes by what
 * the operator set up, and never by a server that a workspace named.
 */
export async function resetCarrier(core: Core): Promise<{ plugin: Plugin; workspaceId: string } | undefined> {
  for (const plugin of core.plugins) {
    const turn = plugin.sendLink && (await operatorTurn(core, plugin))
    if (turn) return { plugin, workspaceId: turn.workspaceId }
  }
  return undefined
}

/** Whether somebody who forgot their password can be sent a link. */
export const canSendLinks = async (core: Core): Promise<boolean> => (await resetCarrier(core)) !== undefined

/** Has an invite sent by a job, where a plugin here does that; says whether one does. */
export async function offerLink(core: Core, workspaceId: string, link: Omit<Link, 'workspace'>): Promise<boolean> {
  const carrier = await carrierOf(core, workspaceId)
  if (!carrier) return false
  await core.inWorkspace(workspaceId, async (tx) => {
    const [workspace] = await tx.query<{ name: string }>(sql`select name from workspaces where id = ${workspaceId}`)
    await addLink(core, tx, workspaceId, carrier, { ...link, workspace: workspace!.name })
  })
  return true
}

/** Adds the job that sends a link. In the job it is sealed. */
export async function addLink(core: Core, tx: Tx, workspaceId: string, { id }: Plugin, link: Link): Promise<void> {
  const sealed = core.keyring.seal(sealedFor(workspaceId), JSON.stringify(link))
  await addJob(tx, task, { workspaceId, pluginId: id, sealed } satisfies Payload)
}

/** The job: lets the plugin send it, unless it is good no more. A plugin that rests sends it afterwards. */
export async function sendLink(core: Core, payload: Payload, jobId: string): Promise<void> {
  const { workspaceId, pluginId, sealed } = payload
  const opened = core.keyring.open(sealedFor(workspaceId), sealed)
  const plugin = core.plugins.find(({ id, sendLink }) => id === pluginId && sendLink)
  if (!opened || !plugin) return
  const link = JSON.parse(opened) as Link
  if (Date.parse(link.expiresAt) <= core.now().getTime()) return
  const turn = await (link.kind === 'password_reset' ? operatorTurn(core, plugin) : turnOf(core, workspaceId, plugin))
  if (!turn) return
  if (turn.restsFor > 0) return postpone(core, workspaceId, turn, { task, payload })
  const idempotencyKey = `${plugin.id}:${jobId}`
  await watched(core, workspaceId, plugin, patience, (signal) =>
    plugin.sendLink!(link, { ...turn.context, idempotencyKey, signal }),
  )
}
