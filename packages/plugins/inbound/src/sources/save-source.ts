import { randomBytes } from 'node:crypto'
import { type Form, invalid, LeadNestError, newId, type PluginContext, sql } from '@leadnest/core/plugin'
import { checkMapping } from '../payloads/mapping.ts'
import { columns, lockSource, shown } from './find-sources.ts'
import type { InboundSource, InboundSourceInput, InboundSourcePatch, NewInboundSource } from './source.ts'

/** Makes a source and shows its secret. Throws `invalid_input`, `unknown_reference`. */
export async function createSource(
  context: PluginContext,
  { name, kind, form: slug, mapping, enabled, secret: theirs, accessToken }: InboundSourceInput,
): Promise<NewInboundSource> {
  const { workspaceId, db, secrets, now } = context
  if (kind === 'meta' && !theirs) throw invalid('secret', 'Give the secret of the Meta app.')
  if (kind === 'meta' && !accessToken) throw invalid('accessToken', 'Give a page token that may read leads.')
  if (kind !== 'meta' && accessToken) throw invalid('accessToken', 'Only Meta needs a page token.')
  const form = await formOf(context, slug)
  checkMapping(form, mapping)
  const secret = theirs ?? `whsec_${randomBytes(32).toString('base64')}`
  const verifyToken = kind === 'meta' ? randomBytes(24).toString('base64url') : null
  const [at, id] = [now(), newId(now().getTime())]
  return db.transaction(async (query, { record }) => {
    const [row] = await query<InboundSource>(sql`
      insert into plugin_inbound_sources (workspace_id, id, name, kind, form_id, mapping, secret, verify_token, access_token, enabled,
        created_at, updated_at)
      values (${workspaceId}, ${id}, ${name}, ${kind}, ${form.id}, ${JSON.stringify(mapping)}, ${secrets.seal(secret)},
        ${verifyToken && secrets.seal(verifyToken)}, ${accessToken ? secrets.seal(accessToken) : null}, ${enabled}, ${at}, ${at})
      returning ${columns}`)
    await record('source.created', { sourceId: id, name, kind })
    return { ...shown(context, row!), secret, verifyToken }
  })
}

/** Changes what is named. Throws `not_found`, and what `createSource` throws. */
export async function updateSource(
  context: PluginContext,
  id: string,
  { form: slug, secret, accessToken, ...patch }: InboundSourcePatch,
): Promise<InboundSource> {
  const { workspaceId, db, secrets, now } = context
  const asked = slug === undefined ? undefined : await formOf(context, slug)
  return db.transaction(async (query, tx) => {
    const before = await lockSource(context, tx, id)
    if (accessToken && before.kind !== 'meta') throw invalid('accessToken', 'Only Meta needs a page token.')
    const after = { ...before, ...patch, ...(asked && { formId: asked.id }) }
    if (patch.mapping || asked) checkMapping(asked ?? (await formOf(context, before.formId)), after.mapping)
    const changes = [
      ...(['name', 'formId', 'mapping', 'enabled'] as const).filter(
        (part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]),
      ),
      ...(secret ? ['secret'] : []),
      ...(accessToken ? ['accessToken'] : []),
    ]
    if (changes.length === 0) return before
    const [row] = await query<InboundSource>(sql`
      update plugin_inbound_sources set name = ${after.name}, form_id = ${after.formId}, mapping = ${JSON.stringify(after.mapping)},
        enabled = ${after.enabled}, updated_at = ${now()}
        ${secret ? sql`, secret = ${secrets.seal(secret)}` : sql``}
        ${accessToken ? sql`, access_token = ${secrets.seal(accessToken)}` : sql``}
      where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`)
    await tx.record('source.updated', { sourceId: id, name: after.name, changes })
    return shown(context, row!)
  })
}

/** Its log goes with it. Throws `not_found`. */
export async function deleteSource(context: PluginContext, id: string): Promise<void> {
  const { workspaceId, db } = context
  await db.transaction(async (query, tx) => {
    const { name } = await lockSource(context, tx, id)
    await query(sql`delete from plugin_inbound_sources where workspace_id = ${workspaceId} and id = ${id}`)
    await tx.record('source.deleted', { sourceId: id, name })
  })
}

/** By slug or id. Throws `unknown_reference`. */
async function formOf({ forms }: PluginContext, name: string): Promise<Form> {
  const form = await forms.get(name)
  if (form) return form
  throw new LeadNestError('unknown_reference', 'This refers to something that is not there.', {
    issues: [{ path: 'form', message: 'There is no such form.' }],
  })
}
