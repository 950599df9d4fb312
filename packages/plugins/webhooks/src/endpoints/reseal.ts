import { type PluginContext, sql } from '@leadnest/core/plugin'
import { type ReplacedSecret, stillUsed } from './secret.ts'

interface Row {
  id: string
  headers: string
  secret: string
  replacedSecrets: ReplacedSecret[]
}

/** Seals by the newest key what an older one sealed, so that that one can leave the list. A secret that was replaced long ago goes. */
export async function reseal({ workspaceId, db, secrets, now }: PluginContext): Promise<void> {
  const rows = await db.query<Row>(sql`
    select id, headers, secret, replaced_secrets from plugin_webhooks_endpoints where workspace_id = ${workspaceId}`)
  for (const row of rows) {
    const used = stillUsed(row.replacedSecrets, now())
    const sealed = [row.headers, row.secret, ...used.map(({ secret }) => secret)]
    const texts = sealed.map((text) => secrets.open(text))
    if (texts.includes(undefined)) continue
    if (used.length === row.replacedSecrets.length && sealed.every(secrets.isNewest)) continue
    const [headers, secret, ...replaced] = sealed.map((text, i) =>
      secrets.isNewest(text) ? text : secrets.seal(texts[i]!),
    )
    await db.query(sql`
      update plugin_webhooks_endpoints set headers = ${headers!}, secret = ${secret!},
        replaced_secrets = ${JSON.stringify(used.map(({ until }, i) => ({ secret: replaced[i], until })))},
        previous_secret_until = case when ${used.length} = 0 then null else previous_secret_until end
      where workspace_id = ${workspaceId} and id = ${row.id} and secret = ${row.secret} and headers = ${row.headers}`)
  }
}
