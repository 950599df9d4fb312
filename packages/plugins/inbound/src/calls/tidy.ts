import { type PluginContext, sql } from '@leadnest/core/plugin'

/** How long a call stays in the log, in ms, and how many rows one statement removes. */
const kept = 30 * 86_400_000
const batch = 2000
/** After what time nobody seems to work on a call, in ms. */
const patience = 86_400_000

/** Removes what is past its time, takes up what waits though nobody works on it, and seals by the newest key what an older one sealed. */
export async function tidy(context: PluginContext): Promise<void> {
  const { workspaceId, db, secrets, now } = context
  const limit = new Date(now().getTime() - kept)
  const removeOld = () =>
    db.query(sql`
      delete from plugin_inbound_calls where workspace_id = ${workspaceId} and id in (
        select id from plugin_inbound_calls where workspace_id = ${workspaceId} and created_at <= ${limit} limit ${batch}
      ) returning 1 as gone`)
  while ((await removeOld()).length === batch);
  await takeUp(context)
  const rows = await db.query<
    Record<'id' | 'secret', string> & Record<'verifyToken' | 'accessToken', string | null>
  >(sql`
    select id, secret, verify_token, access_token from plugin_inbound_sources where workspace_id = ${workspaceId}`)
  for (const row of rows) {
    const sealed = [row.secret, row.verifyToken, row.accessToken]
    if (sealed.every((text) => text === null || secrets.isNewest(text))) continue
    const opened = sealed.map((text) => (text === null ? null : secrets.open(text)))
    if (opened.includes(undefined)) continue
    const [secret, verifyToken, accessToken] = opened.map((text) => (text ? secrets.seal(text) : null))
    await db.query(sql`
      update plugin_inbound_sources set secret = ${secret!}, verify_token = ${verifyToken!}, access_token = ${accessToken!}
      where workspace_id = ${workspaceId} and id = ${row.id} and secret = ${row.secret}`)
  }
}

/** What waits for so long has lost its job, or used up its tries; the core keeps jobs while the plugin is off. One that has a job is tried at once. */
async function takeUp({ workspaceId, db, now }: PluginContext): Promise<void> {
  const limit = new Date(now().getTime() - patience)
  let after: string | null = null
  do {
    after = await db.transaction(async (query, { addJob }) => {
      const waiting = await query<{ id: string }>(sql`
        select id from plugin_inbound_calls
        where workspace_id = ${workspaceId} and status = 'waiting' and created_at <= ${limit} and ${after ? sql`id > ${after}` : sql`true`}
        order by id limit ${batch}`)
      for (const { id } of waiting) await addJob('settle', { callId: id }, { key: id })
      return waiting.length === batch ? waiting.at(-1)!.id : null
    })
  } while (after)
}
