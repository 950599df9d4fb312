import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'

/**
 * Says which sites may show and send a form without a key, as in `https://www.example.com`. Throws `not_found`, and
 * `invalid_input` with an issue at `origins.<line>` for each that is no origin.
 */
export async function setFormOrigins(
  core: Core,
  workspaceId: string,
  formId: string,
  lines: string[],
  by: By,
): Promise<void> {
  if (!isId(formId)) throw notFound('form')
  const origins = [...new Set(checkOrigins(lines))]
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    const [before] = await tx.query<{ origins: string[] }>(
      sql`select origins from forms where workspace_id = ${workspaceId} and id = ${formId} for update`,
    )
    if (!before) throw notFound('form')
    if (isDeepStrictEqual(before.origins, origins)) return
    const [form] = await tx.query<{ name: string }>(sql`
      update forms set origins = ${origins}, updated_at = ${at}
      where workspace_id = ${workspaceId} and id = ${formId}
      returning name`)
    const data = { formId, formName: form!.name, origins }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'form.updated', leadId: null, ...by, data, at })])
  })
  core.recent.forget()
}

/** A page's address is taken too, and cut to its origin. */
export function checkOrigins(lines: string[]): string[] {
  const given = lines.map((line) => line.trim()).filter(Boolean)
  const origins = given.map((line) => (URL.canParse(line) ? new URL(line) : undefined))
  const issues = origins.flatMap((url, i) =>
    url && /^https?:$/.test(url.protocol) && !url.hostname.includes('*')
      ? []
      : [
          {
            path: `origins.${i}`,
            message: `“${given[i]!.slice(0, 100)}” is no origin. Write it like https://www.example.com.`,
          },
        ],
  )
  if (given.length > 100) issues.push({ path: 'origins', message: 'At most 100 sites.' })
  if (issues.length > 0) throw new LeadNestError('invalid_input', issues[0]!.message, { issues })
  return origins.map((url) => url!.origin)
}
