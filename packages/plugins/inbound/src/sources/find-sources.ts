import { isId, notFound, type PluginContext, type PluginTx, sql } from '@leadnest/core/plugin'
import type { InboundSource } from './source.ts'

export const columns = sql`id, name, kind, form_id, mapping, enabled, last_seen_at, last_error, created_at, updated_at`
type Row = Omit<InboundSource, 'url'>

export const shown = ({ workspaceId, baseUrl }: PluginContext, row: Row): InboundSource => ({
  ...row,
  url: `${baseUrl}/plugins/inbound/${workspaceId}/${row.id}`,
})

/** The oldest first. */
export async function listSources(context: PluginContext): Promise<InboundSource[]> {
  const rows = await context.db.query<Row>(sql`
    select ${columns} from plugin_inbound_sources where workspace_id = ${context.workspaceId} order by id`)
  return rows.map((row) => shown(context, row))
}

/** Throws `not_found`. */
export const getSource = (context: PluginContext, id: string): Promise<InboundSource> =>
  readSource(context, context.db.query, id)

/** The same in a transaction, held until its end. Throws `not_found`. */
export const lockSource = (context: PluginContext, { query }: PluginTx, id: string): Promise<InboundSource> =>
  readSource(context, query, id, sql`for no key update`)

async function readSource(context: PluginContext, query: PluginTx['query'], id: string, lock = sql``) {
  const [row] = isId(id)
    ? await query<Row>(sql`
        select ${columns} from plugin_inbound_sources where workspace_id = ${context.workspaceId} and id = ${id} ${lock}`)
    : []
  if (!row) throw notFound('inbound source')
  return shown(context, row)
}
