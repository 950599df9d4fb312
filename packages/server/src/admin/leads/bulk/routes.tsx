import {
  actionsFor,
  type BulkPreview,
  checkAction,
  demand,
  exportFormats,
  type Issue,
  invalid,
  LeadNestError,
  listExportColumns,
  listMembers,
  listPipelines,
  notFound,
  parse,
  startBulk,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText, formTexts } from '../../fields.tsx'
import { may } from '../../may.ts'
import { atControl, prefixOf } from '../../plugins/actions.tsx'
import { typedIn } from '../../plugins/call.tsx'
import { type Typed, valuesIn } from '../../plugins/controls.tsx'
import { saved } from '../../saved.ts'
import { BulkPage } from './page.tsx'
import { queriesOf, readWhich, selectionOf, type Which } from './which.tsx'

const body = contract['POST /v1/leads/bulk'].body

/** Many leads at once: first who they are and what can be done, then the job that does it. */
export const bulkPages = new Hono<SignedInEnv>()
  .use(may('leads:write'))
  .get('/', async (c) => {
    const which = readWhich(queriesOf(c))
    const [one, other, ...more] = which.ids
    if (c.req.query('which') === 'merge' && one && other && more.length === 0)
      return c.redirect(`/admin/leads/${encodeURIComponent(one)}/merge/${encodeURIComponent(other)}`, 303)
    if (!which.matching && which.ids.length === 0) return c.html(await bulkPage(c, which), 422)
    return c.html(await bulkPage(c, which))
  })

  .post('/', async (c) => {
    const { core, session } = c.var
    const names = ['which', 'ids', 'q', 'filter', 'segment']
    const sent = new Map(await Promise.all(names.map(async (name) => [name, await formTexts(c, name)] as const)))
    const which = readWhich((name) => sent.get(name) ?? [])
    const typed: Typed & { tag: string; lostReason: string } = {
      ...(await typedIn(c)),
      tag: await formText(c, 'tag'),
      lostReason: await formText(c, 'lostReason'),
    }
    const action = typed.action === 'plugin' ? await readPluginAction(c, typed) : await readAction(c, typed)
    let job = ''
    return saved(
      c,
      () => `/admin/jobs/${job}`,
      async () => {
        if (action.type === 'export') demand(session, 'privacy:read')
        if (action.type === 'erase') await checkErasure(c, which)
        const input = parse(body, { ...selectionOf(which), action })
        if (input.action.type === 'plugin') await checkAction(core, session, input.action, by(c))
        const answered = await startBulk(core, session.workspaceId, input, by(c))
        job = (answered.result as { id: string }).id
      },
      (issues) => bulkPage(c, which, { typed, issues: issues.map((issue) => atField(issue, action)) }),
    )
  })

/** Who erases many says how many they are, so that nobody does it in passing. */
async function checkErasure(c: Context<SignedInEnv>, which: Which): Promise<void> {
  demand(c.var.session, 'privacy:write')
  const { matched } = await readPreview(c, which)
  if ((await formText(c, 'count')).trim() !== String(matched))
    throw invalid('count', `These are ${matched} leads now. Type that number to erase them.`)
}

async function readAction(
  c: Context,
  { tag, lostReason }: { tag: string; lostReason: string },
): Promise<{ type: string; [part: string]: unknown }> {
  const type = await formText(c, 'action')
  switch (type) {
    case 'tag':
      return { type, add: [tag] }
    case 'untag':
      return { type: 'tag', remove: [tag] }
    case 'assign':
      return { type, ownerId: (await formText(c, 'ownerId')) || null }
    case 'move':
      return { type, stage: await formText(c, 'stage'), ...(lostReason.trim() && { lostReason }) }
    case 'export':
      return { type, format: await formText(c, 'format'), columns: await formTexts(c, 'column') }
    case 'erase':
      return { type, reason: await formText(c, 'reason') }
    default:
      return { type }
  }
}

/** Throws `not_found` for what is not there, is off, or is not for them. */
async function readPluginAction(c: Context<SignedInEnv>, typed: Typed) {
  const offered = await actionsFor(c.var.core, c.var.session, 'selection')
  const found = offered.find(({ plugin, action }) => plugin === typed.plugin && action === typed['plugin-action'])
  if (!found) throw notFound('action')
  const { plugin, action, input: schema } = found
  const input = schema ? valuesIn({ pluginId: plugin, schema, typed, prefix: prefixOf(found) }) : {}
  return { type: 'plugin', plugin, action, input }
}

/** The page has one field for each part of an action. */
const atField = (issue: Issue, { type, ...action }: { type: string; [part: string]: unknown }): Issue =>
  type === 'plugin'
    ? atControl(action as { plugin: string; action: string }, issue)
    : { ...issue, path: issue.path.replace(/^action\.(?:add|remove).*$/, 'tag').replace(/^action\./, '') }

async function bulkPage(c: Context<SignedInEnv>, which: Which, refused?: Parameters<typeof BulkPage>[0]['refused']) {
  const { core, session } = c.var
  const mayExport = session.scopes.includes('privacy:read')
  const [preview, pipelines, members, actions, formats, columns] = await Promise.all([
    readPreview(c, which),
    listPipelines(core, session.workspaceId),
    listMembers(core, session.workspaceId),
    actionsFor(core, session, 'selection'),
    mayExport ? exportFormats(core, session.workspaceId) : [],
    mayExport ? listExportColumns(core, session.workspaceId) : [],
  ])
  return (
    <BulkPage
      {...{ session, which, preview, pipelines, members, actions, formats, columns }}
      {...(refused && { refused })}
    />
  )
}

/** Nobody, where the leads are gone since or the list cannot be read. */
async function readPreview(c: Context<SignedInEnv>, which: Which): Promise<BulkPreview> {
  try {
    const input = parse(body, { ...selectionOf(which), action: { type: 'delete' }, dryRun: true })
    const { result } = await startBulk(c.var.core, c.var.session.workspaceId, input, by(c))
    return result as BulkPreview
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.issues.length === 0) throw error
    return { matched: 0, sample: [] }
  }
}
