import {
  createScoreRule,
  deleteScoreRule,
  type Issue,
  LeadNestError,
  listForms,
  listScoreRules,
  parse,
  updateScoreRule,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { EditScorePage, ScoresPage } from './pages.tsx'
import { asTyped, inputOf, inWords, type TypedRule } from './rule-form.tsx'

const path = '/admin/settings/scores'
const mayWrite = may('settings:write')

export const scorePages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', mayWrite, async (c) => {
    const { core, session } = c.var
    const typed = await readTyped(c)
    const create = () =>
      createScoreRule(core, session.workspaceId, parse(contract['POST /v1/score-rules'].body, inputOf(typed)), by(c))
    return saved(c, path, create, (issues) => listPage(c, { typed, issues: issues.map(inWords) }))
  })

  .get('/:id', mayWrite, async (c) => {
    const { rule, forms } = await find(c)
    return c.html(<EditScorePage {...{ rule, forms }} session={c.var.session} typed={asTyped(rule)} />)
  })

  .post('/:id', mayWrite, async (c) => {
    const { core, session } = c.var
    const { rule, forms } = await find(c)
    const typed = await readTyped(c)
    const body = () => parse(contract['PATCH /v1/score-rules/:id'].body, inputOf(typed))
    const update = async () => updateScoreRule(core, session.workspaceId, rule.id, body(), by(c))
    return saved(c, path, update, (issues) => (
      <EditScorePage {...{ session, rule, forms, typed }} issues={issues.map(inWords)} />
    ))
  })

  .post('/:id/delete', mayWrite, async (c) => {
    await deleteScoreRule(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c))
    return c.redirect(path, 303)
  })

async function readTyped(c: Context): Promise<TypedRule> {
  const names = ['name', 'points', 'by', 'filter', 'type', 'formSlug', 'eventName', 'max'] as const
  const texts = await Promise.all(names.map(async (name) => [name, await formText(c, name)] as const))
  return {
    ...(Object.fromEntries(texts) as Omit<TypedRule, 'enabled'>),
    enabled: (await formText(c, 'enabled')) === 'true',
  }
}

async function listPage(c: Context<SignedInEnv>, refused?: { typed: TypedRule; issues: Issue[] }) {
  const { core, session } = c.var
  const [rules, forms] = await Promise.all([
    listScoreRules(core, session.workspaceId),
    listForms(core, session.workspaceId),
  ])
  return <ScoresPage {...{ session, rules, forms, ...refused }} justSaved={c.req.query('saved') === '1'} />
}

/** Throws `not_found`. */
async function find(c: Context<SignedInEnv>) {
  const { core, session } = c.var
  const [rules, forms] = await Promise.all([
    listScoreRules(core, session.workspaceId),
    listForms(core, session.workspaceId),
  ])
  const rule = rules.find(({ id }) => id === c.req.param('id'))
  if (!rule) throw new LeadNestError('not_found', 'There is no such rule.')
  return { rule, forms }
}
