import {
  createAssignmentRule,
  deleteAssignmentRule,
  type Issue,
  LeadNestError,
  listAssignmentRules,
  listMembers,
  parse,
  updateAssignmentRule,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText, formTexts } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { EditAssignmentPage } from './edit-page.tsx'
import { AssignmentPage } from './index-page.tsx'
import { asTyped, type TypedRule } from './rule-form.tsx'

const path = '/admin/settings/assignment'
const mayWrite = may('settings:write')

export const assignmentPages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', mayWrite, async (c) => {
    const { core, session } = c.var
    const typed = await readTyped(c)
    const create = () =>
      createAssignmentRule(core, session.workspaceId, parse(contract['POST /v1/assignment-rules'].body, typed), by(c))
    return saved(c, path, create, (issues) => listPage(c, { typed, issues: issues.map(atMembers) }))
  })

  .get('/:id', mayWrite, async (c) => {
    const { rule, members } = await find(c)
    const justSaved = c.req.query('saved') === '1'
    return c.html(
      <EditAssignmentPage {...{ rule, members, justSaved }} session={c.var.session} typed={asTyped(rule)} />,
    )
  })

  .post('/:id', mayWrite, async (c) => {
    const { core, session } = c.var
    const { rule, members } = await find(c)
    const typed = await readTyped(c)
    const update = () =>
      updateAssignmentRule(
        core,
        session.workspaceId,
        rule.id,
        parse(contract['PATCH /v1/assignment-rules/:id'].body, typed),
        by(c),
      )
    return saved(c, path, update, (issues) => (
      <EditAssignmentPage {...{ session, rule, members, typed }} issues={issues.map(atMembers)} />
    ))
  })

  .post('/:id/move', mayWrite, async (c) => {
    const { core, session } = c.var
    const { rule } = await find(c)
    const position = Math.max(1, rule.position + ((await formText(c, 'step')) === 'up' ? -1 : 1))
    await updateAssignmentRule(core, session.workspaceId, rule.id, { position }, by(c))
    return c.redirect(path, 303)
  })

  .post('/:id/delete', mayWrite, async (c) => {
    await deleteAssignmentRule(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c))
    return c.redirect(path, 303)
  })

/** All members are chosen in one place. */
const atMembers = ({ path, message }: Issue): Issue => ({
  path: path.startsWith('memberIds') ? 'memberIds' : path,
  message,
})

async function readTyped(c: Context): Promise<TypedRule> {
  return {
    name: await formText(c, 'name'),
    filter: await formText(c, 'filter'),
    strategy: await formText(c, 'strategy'),
    memberIds: await formTexts(c, 'memberIds'),
    enabled: (await formText(c, 'enabled')) === 'true',
  }
}

async function listPage(c: Context<SignedInEnv>, refused?: { typed: TypedRule; issues: Issue[] }) {
  const { core, session } = c.var
  const [rules, members] = await Promise.all([
    listAssignmentRules(core, session.workspaceId),
    listMembers(core, session.workspaceId),
  ])
  return <AssignmentPage {...{ session, rules, members, ...refused }} justSaved={c.req.query('saved') === '1'} />
}

/** Throws `not_found`. */
async function find(c: Context<SignedInEnv>) {
  const { core, session } = c.var
  const [rules, members] = await Promise.all([
    listAssignmentRules(core, session.workspaceId),
    listMembers(core, session.workspaceId),
  ])
  const rule = rules.find(({ id }) => id === c.req.param('id'))
  if (!rule) throw new LeadNestError('not_found', 'There is no such rule.')
  return { rule, members }
}
