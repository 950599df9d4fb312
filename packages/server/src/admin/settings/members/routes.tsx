import {
  admitMember,
  getWorkspaceSettings,
  type Issue,
  LeadNestError,
  listMembers,
  parse,
  removeMember,
  updateMember,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { momentOf, wallClock } from '../../moment.ts'
import { saved } from '../../saved.ts'
import { hoursOf, readTypedHours } from '../hours.tsx'
import { MembersPage } from './index-page.tsx'
import { MemberPage, type RefusedMember } from './show-page.tsx'

const path = '/admin/settings/members'
const asker = (c: Context<SignedInEnv>) => ({ principal: c.var.session, source: 'admin' as const })

/** Who may do what to whom is asked by the use cases: it depends on who is changed. */
export const memberPages = new Hono<SignedInEnv>()
  .use(may('members:read'))
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', async (c) => {
    const typed = { email: await formText(c, 'email'), role: await formText(c, 'role') }
    const admit = () => admitMember(c.var.core, parse(contract['POST /v1/members'].body, typed), asker(c))
    return saved(c, path, admit, (issues) => listPage(c, { typed, issues }))
  })

  .get('/:id', async (c) => c.html(await memberPage(c)))

  .post('/:id/role', async (c) => {
    const typed = { role: await formText(c, 'role') }
    return change(c, { form: 'role', typed }, () => typed)
  })

  .post('/:id/absence', async (c) => {
    const { timeZone } = await getWorkspaceSettings(c.var.core, c.var.session.workspaceId)
    const typed = { absentFrom: await formText(c, 'absentFrom'), absentUntil: await formText(c, 'absentUntil') }
    return change(c, { form: 'absence', typed }, () => ({
      absentFrom: typed.absentFrom ? momentOf(typed.absentFrom, timeZone) : null,
      absentUntil: typed.absentUntil ? momentOf(typed.absentUntil, timeZone) : null,
    }))
  })

  .post('/:id/hours', async (c) => {
    const typed = await readTypedHours(c)
    const { workingHours } = await find(c)
    return change(c, { form: 'hours', typed }, () => ({ workingHours: hoursOf(typed, workingHours) }))
  })

  .post('/:id/remove', async (c) => {
    const { core, session } = c.var
    const { id } = await find(c)
    // Whoever leaves has no page of this workspace to come back to.
    const to = id === session.user.id ? '/admin/sign-in' : path
    return saved(
      c,
      to,
      () => removeMember(core, id, asker(c)),
      (issues) => memberPage(c, { form: 'remove', typed: {}, issues }),
    )
  })

async function change(
  c: Context<SignedInEnv>,
  refused: Pick<RefusedMember, 'form' | 'typed'>,
  patchOf: () => object,
): Promise<Response> {
  const { id } = await find(c)
  const update = () => updateMember(c.var.core, id, parse(contract['PATCH /v1/members/:id'].body, patchOf()), asker(c))
  return saved(c, `${path}/${id}`, update, (issues) => memberPage(c, { ...refused, issues } as RefusedMember))
}

async function listPage(
  c: Context<SignedInEnv>,
  refused?: { typed: { email: string; role: string }; issues: Issue[] },
) {
  const { core, session } = c.var
  const [members, { timeZone }] = await Promise.all([
    listMembers(core, session.workspaceId),
    getWorkspaceSettings(core, session.workspaceId),
  ])
  const now = core.now()
  return <MembersPage {...{ session, members, timeZone, now, ...refused }} justSaved={c.req.query('saved') === '1'} />
}

async function memberPage(c: Context<SignedInEnv>, refused?: RefusedMember) {
  const { core, session } = c.var
  const [member, { timeZone }] = await Promise.all([find(c), getWorkspaceSettings(core, session.workspaceId)])
  const absence = {
    absentFrom: wallClock(member.absentFrom, timeZone),
    absentUntil: wallClock(member.absentUntil, timeZone),
  }
  return <MemberPage {...{ session, member, timeZone, absence, refused }} justSaved={c.req.query('saved') === '1'} />
}

/** Throws `not_found`. */
async function find(c: Context<SignedInEnv>) {
  const members = await listMembers(c.var.core, c.var.session.workspaceId)
  const found = members.find(({ id }) => id === c.req.param('id'))
  if (!found) throw new LeadNestError('not_found', 'There is no such member.')
  return found
}
