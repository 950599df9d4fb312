import { createField, type Issue, LeadNestError, listFields, parse, updateField } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { EditFieldPage } from './edit-page.tsx'
import { FieldsPage, type TypedField } from './index-page.tsx'
import { freeKey, optionLines, readOptions } from './typed.ts'

const path = '/admin/settings/fields'
const mayWrite = may('settings:write')

export const fieldPages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', mayWrite, async (c) => {
    const { core, session } = c.var
    const typed: TypedField = {
      label: await formText(c, 'label'),
      key: await formText(c, 'key'),
      type: await formText(c, 'type'),
      options: await formText(c, 'options'),
    }
    return saved(
      c,
      path,
      async () => {
        const key = typed.key.trim() || freeKey(typed.label, await listFields(core, session.workspaceId))
        const body = { key, label: typed.label, type: typed.type, options: readOptions(typed.options) }
        await createField(core, session.workspaceId, parse(contract['POST /v1/fields'].body, body), by(c))
      },
      (issues) => listPage(c, { typed, issues: issues.map(atOptions) }),
    )
  })

  .get('/:key', mayWrite, async (c) => {
    const field = await find(c)
    const typed = { label: field.label, options: optionLines(field.options) }
    return c.html(
      <EditFieldPage {...{ field, typed }} session={c.var.session} justSaved={c.req.query('saved') === '1'} />,
    )
  })

  .post('/:key', mayWrite, async (c) => {
    const { core, session } = c.var
    const field = await find(c)
    const typed = { label: await formText(c, 'label'), options: await formText(c, 'options') }
    return saved(
      c,
      `${path}/${field.key}`,
      async () => {
        const body = { label: typed.label, options: readOptions(typed.options) }
        await updateField(
          core,
          session.workspaceId,
          field.key,
          parse(contract['PATCH /v1/fields/:key'].body, body),
          by(c),
        )
      },
      (issues) => <EditFieldPage {...{ session, field, typed }} issues={issues.map(atOptions)} />,
    )
  })

  .post('/:key/archive', mayWrite, (c) => archive(c, true))
  .post('/:key/restore', mayWrite, (c) => archive(c, false))

async function archive(c: Context<SignedInEnv>, archived: boolean) {
  const { core, session } = c.var
  const { key } = await find(c)
  await updateField(core, session.workspaceId, key, { archived }, by(c))
  return c.redirect(`${path}?saved=1`, 303)
}

/** All options are typed in one place. */
const atOptions = ({ path, message }: Issue): Issue => ({
  path: path.startsWith('options') ? 'options' : path,
  message,
})

async function listPage(c: Context<SignedInEnv>, refused?: { typed: TypedField; issues: Issue[] }) {
  const { core, session } = c.var
  const fields = await listFields(core, session.workspaceId)
  return <FieldsPage {...{ session, fields, ...refused }} justSaved={c.req.query('saved') === '1'} />
}

/** Throws `not_found`. */
async function find(c: Context<SignedInEnv>) {
  const fields = await listFields(c.var.core, c.var.session.workspaceId)
  const found = fields.find(({ key }) => key === c.req.param('key'))
  if (!found) throw new LeadNestError('not_found', 'There is no such field.')
  return found
}
