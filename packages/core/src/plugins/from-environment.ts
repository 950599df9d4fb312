import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Plugin } from './define-plugin.ts'
import { fieldsOf, type SettingField, type SettingValue } from './setting.ts'

/** A value and the variable that it stands in. */
type Given = Record<string, { name: string; value: SettingValue }>

/** What the environment gives to a plugin's settings, by their keys: each that names a variable, as in `v.metadata({ env: 'SHOP_TOKEN' })`. */
export function givenTo({ environment }: Pick<Core, 'environment'>, plugin: Plugin): Given {
  const given: Given = {}
  for (const field of plugin.settings ? fieldsOf(plugin.id, plugin.settings) : []) {
    const text = field.env === null ? undefined : environment(field.env)
    if (text) given[field.key] = { name: field.env!, value: read(field, text) }
  }
  return given
}

function read({ type }: SettingField, text: string): SettingValue {
  if (type === 'number') return Number(text)
  if (type === 'boolean') return /^(1|true|yes|on)$/i.test(text)
  if (type !== 'lines') return text
  return text
    .split(',')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** Only the first workspace of an installation: what a variable says is nobody else's. */
export async function givenIn(core: Core, tx: Tx, workspaceId: string, plugin: Plugin): Promise<Given> {
  const given = givenTo(core, plugin)
  if (Object.keys(given).length === 0) return given
  const [first] = await tx.query(sql`
    select 1 as present from directory where kind = 'first_workspace' and name = '' and workspace_id = ${workspaceId}`)
  return first ? given : {}
}
