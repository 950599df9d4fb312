import type { Core } from '../core.ts'
import { type Issue, LeadNestError } from '../errors.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Field, Form } from '../forms/form.ts'
import type { Hooked } from '../submissions/submission.ts'
import { fieldTypeOf, isOwnType } from './own-fields.ts'
import { turnIfAny, watched } from './run-plugin.ts'

/** How long a check may take, in ms: a visitor waits. */
const patience = 2000

/**
 * Lets plugins check what was sent for their types of fields. Throws `invalid_input` with an issue for each that is refused. Where a
 * plugin fails, rests or is off, the text stays as it came; a failure is noted.
 */
export async function checkOwnFields(
  core: Core,
  workspaceId: string,
  form: Pick<Form, 'fields'>,
  answers: Answers,
): Promise<{ answers: Answers; hooked: Hooked[] }> {
  const own = form.fields.filter(({ type, name }) => isOwnType(type) && typeof answers[name] === 'string')
  if (own.length === 0) return { answers, hooked: [] }
  const checked = await Promise.all(own.map((field) => check(core, workspaceId, field, answers[field.name] as string)))
  const issues = checked.flatMap(({ issue }) => issue ?? [])
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  const kept = checked.flatMap(({ kept }, i) => (kept === undefined ? [] : [[own[i]!.name, kept] as const]))
  return { answers: { ...answers, ...Object.fromEntries(kept) }, hooked: checked.flatMap(({ hooked }) => hooked ?? []) }
}

async function check(
  core: Core,
  workspaceId: string,
  { type, name, settings = {} }: Field,
  value: string,
): Promise<{ kept?: string | undefined; issue?: Issue; hooked?: Hooked }> {
  const found = fieldTypeOf(core, type)
  const turn = found && (await turnIfAny(core, workspaceId, found.plugin))
  if (!found || !turn || turn.restsFor > 0) return {}
  try {
    return await watched(core, workspaceId, found.plugin, patience, async () => {
      try {
        const kept = await found.type.check(value, settings)
        if (kept !== undefined && typeof kept !== 'string') throw new Error(`The check of ${type} returned no text.`)
        return { kept }
      } catch (error) {
        if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
        return { issue: { path: `fields.${name}`, message: error.issues[0]?.message ?? error.message } }
      }
    })
  } catch (error) {
    core.log.warn({ plugin: found.plugin.id, workspaceId, err: error }, 'a plugin failed to check a field')
    const failed = (error instanceof Error ? error.message : String(error)).slice(0, 500)
    return { hooked: { plugin: found.plugin.id, failed } }
  }
}
