import { type PluginContext, sql } from '@leadnest/core/plugin'

/** How long a call stays in the log, in ms, and how many rows one statement removes. */
const kept = 30 * 86_400_000
const batch = 2000

/** Removes what is past its time, and seals by the newest key what an older one sealed. */
export async function tidy({ workspaceId, db, secrets, now }: PluginContext): Promise<void> {
  const limit = new Date(now().getTime() - kept)
  const removeOld = () =>
    db.query(sql`
      delete from plugin_inbound_calls where workspace_id = ${workspaceId} and id in (
        select id from plugin_inbound_calls where workspace_id = ${workspaceId} and created_at <= ${limit} limit ${batch}
      ) returning 1 as gone`)
  while ((await removeOld()).length === batch);
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
