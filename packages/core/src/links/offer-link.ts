import { firstWorkspace } from '../accounts/workspaces.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import type { Plugin } from '../plugins/define-plugin.ts'
import { postpone, turnOf, watched } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
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
export async function carrierOf(core: Core, workspaceId: string): Promise<Plugin | undefined> {
  for (const plugin of core.plugins) if (plugin.sendLink && (await turnOf(core, workspaceId, plugin))) return plugin
  return undefined
}

/** Whether somebody who forgot their password can be sent a link, as far as the sign-in knows: in the first workspace. */
export const canSendLinks = async (core: Core): Promise<boolean> =>
  (await carrierOf(core, await firstWorkspace(core))) !== undefined

/** Has a link sent by a job, where a plugin here does that; says whether one does. In the job it is sealed. */
export async function offerLink(core: Core, workspaceId: string, link: Omit<Link, 'workspace'>): Promise<boolean> {
  const carrier = await carrierOf(core, workspaceId)
  if (!carrier) return false
  await core.inWorkspace(workspaceId, async (tx) => {
    const [workspace] = await tx.query<{ name: string }>(sql`select name from workspaces where id = ${workspaceId}`)
    const whole: Link = { ...link, workspace: workspace!.name }
    const sealed = core.keyring.seal(sealedFor(workspaceId), JSON.stringify(whole))
    await addJob(tx, task, { workspaceId, pluginId: carrier.id, sealed } satisfies Payload)
  })
  return true
}

/** The job: lets the plugin send it, unless it is good no more. A plugin that rests sends it afterwards. */
export async function sendLink(core: Core, payload: Payload, jobId: string): Promise<void> {
  const { workspaceId, pluginId, sealed } = payload
  const opened = core.keyring.open(sealedFor(workspaceId), sealed)
  const plugin = core.plugins.find(({ id, sendLink }) => id === pluginId && sendLink)
  const turn = plugin && (await turnOf(core, workspaceId, plugin))
  if (!opened || !plugin || !turn) return
  const link = JSON.parse(opened) as Link
  if (Date.parse(link.expiresAt) <= core.now().getTime()) return
  if (turn.restsFor > 0) return postpone(core, workspaceId, turn, { task, payload })
  const idempotencyKey = `${plugin.id}:${jobId}`
  await watched(core, workspaceId, plugin, patience, (signal) =>
    plugin.sendLink!(link, { ...turn.context, idempotencyKey, signal }),
  )
}
