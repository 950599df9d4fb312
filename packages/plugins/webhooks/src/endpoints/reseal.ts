import { type PluginContext, sql } from '@leadnest/core/plugin'

type Row = { id: string } & Record<(typeof sealed)[number], string | null>
const sealed = ['headers', 'secret', 'previousSecret'] as const

/** Seals by the newest key what an older one sealed, so that that one can leave the list. A secret that was replaced long ago goes. */
export async function reseal({ workspaceId, db, secrets, now }: PluginContext): Promise<void> {
  await db.query(sql`
    update plugin_webhooks_endpoints set previous_secret = null, previous_secret_until = null
    where workspace_id = ${workspaceId} and previous_secret_until <= ${now()}`)
  const rows = await db.query<Row>(sql`
    select id, headers, secret, previous_secret from plugin_webhooks_endpoints where workspace_id = ${workspaceId}`)
  for (const row of rows) {
    const old = sealed.filter((name) => row[name] !== null && !secrets.isNewest(row[name]))
    const texts = old.map((name) => secrets.open(row[name]!))
    if (old.length === 0 || texts.includes(undefined)) continue
    const after = { ...row, ...Object.fromEntries(old.map((name, i) => [name, secrets.seal(texts[i]!)])) }
    await db.query(sql`
      update plugin_webhooks_endpoints set headers = ${after.headers}, secret = ${after.secret}, previous_secret = ${after.previousSecret}
      where workspace_id = ${workspaceId} and id = ${row.id} and secret = ${row.secret} and headers = ${row.headers}`)
  }
}
