import * as v from 'valibot'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { FieldKey } from '../fields/field.ts'
import { type Answers, checkFields } from '../forms/check-fields.ts'
import type { Form } from '../forms/form.ts'
import { parse } from '../parse.ts'
import type { Hooked } from '../submissions/submission.ts'
import type { Plugin } from './define-plugin.ts'
import type { Draft, DraftChange, PluginContext } from './plugin-context.ts'
import { turnOf, watched } from './run-plugin.ts'

const text = v.pipe(
  v.string(),
  v.maxLength(8192),
  v.check((text) => !text.includes('\u0000') && text.isWellFormed(), 'This is no text.'),
)
const Change = v.strictObject({
  fields: v.optional(v.record(FieldKey, v.nullable(v.union([text, v.number(), v.boolean()])))),
  hold: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))),
  reject: v.optional(v.array(v.strictObject({ path: v.string(), message: v.pipe(v.string(), v.maxLength(500)) }))),
})

/** How long each plugin may take, in ms: a visitor waits. */
export const patience = 2000

/**
 * Shows a draft to each plugin that wants to see it, one after the other, and returns what they made of it. One that fails
 * holds nothing up: that is noted, and the next goes on. Throws `invalid_input` where one refuses the draft.
 */
export async function beforeCapture(
  core: Core,
  workspaceId: string,
  draft: Draft & { form: Pick<Form, 'fields'> },
): Promise<{ fields: Answers; hooked: Hooked[] }> {
  let { fields } = draft
  const hooked: Hooked[] = []
  for (const plugin of core.plugins) {
    if (!plugin.beforeCapture) continue
    try {
      const turn = await turnOf(core, workspaceId, plugin)
      if (!turn || turn.restsFor > 0) continue
      const change = await watched(core, workspaceId, plugin, patience, () =>
        askPlugin(plugin, { ...draft, fields }, turn.context),
      )
      if (change.reject?.length)
        throw new Rejected('invalid_input', change.reject[0]!.message, { issues: change.reject })
      const changed = Object.keys(change.fields ?? {})
      if (changed.length > 0) fields = { ...fields, ...change.fields }
      if (changed.length > 0 || change.hold)
        hooked.push({
          plugin: plugin.id,
          ...(changed.length > 0 && { changed }),
          ...(change.hold && { held: change.hold }),
        })
    } catch (error) {
      if (error instanceof Rejected) throw error
      const failed = (error instanceof Error ? error.message : String(error)).slice(0, 500)
      core.log.warn({ plugin: plugin.id, workspaceId, err: error }, 'a plugin failed before a submission was stored')
      hooked.push({ plugin: plugin.id, failed })
    }
  }
  return { fields, hooked }
}

/** What a plugin makes of a draft. Throws what it throws, and where it gives what nobody can read. */
export async function askPlugin(
  plugin: Plugin,
  draft: Draft & { form: Pick<Form, 'fields'> },
  context: PluginContext,
): Promise<DraftChange> {
  const { form, fields, attribution, test, trusted } = draft
  // Copies: what a plugin changes in its hands is nobody else's.
  const own: Draft = {
    form: { id: form.id, slug: form.slug, name: form.name },
    fields: { ...fields },
    attribution: attribution && { ...attribution },
    test,
    trusted,
  }
  const given = await plugin.beforeCapture!(own, context)
  const change = parse(Change, given ?? {})
  // What is a field of the form is read as if the visitor had written it, so that an address stays one and the same.
  const known = recheck(form, { ...fields, ...change.fields }, change.fields)
  const { hold, reject } = change
  return { fields: { ...change.fields, ...known }, ...(hold && { hold }), ...(reject && { reject }) }
}

/** The fields of the form among those that a plugin gave, as a form reads them. */
function recheck({ fields: asked }: Pick<Form, 'fields'>, all: Answers, given: Answers = {}): Answers {
  const known = asked.filter(({ name }) => Object.hasOwn(given, name))
  const sent = Object.fromEntries(known.map(({ name }) => [name, all[name] ?? null]))
  const checked = checkFields({ fields: known }, sent)
  return Object.fromEntries(known.map(({ name }) => [name, checked[name] ?? null]))
}

/** A plugin's no, apart from what goes wrong in it. */
class Rejected extends LeadNestError {}
