import { demand, getForm, LeadNestError, listForms, setFormOrigins } from '@leadnest/core'
import { type Context, Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { FormsPage } from './index-page.tsx'
import type { OriginsProps } from './origins.tsx'
import { publicName } from './public-name.ts'
import { FormPage } from './show-page.tsx'

export const formPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session } = c.var
    const forms = await listForms(core, session.workspaceId)
    return c.html(<FormsPage session={session} forms={forms} />)
  })

  .get('/:id', async (c) => c.html(await formPage(c, c.req.param('id'))))

  .post('/:id/origins', async (c) => {
    const { core, session } = c.var
    demand(session, 'forms:write')
    const id = c.req.param('id')
    const typed = await formText(c, 'origins')
    try {
      await setFormOrigins(core, session.workspaceId, id, typed.split('\n'), { actor: session.actor, source: 'admin' })
      return c.redirect(`/admin/forms/${id}#sites`, 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
      return c.html(
        await formPage(c, id, { typed, error: { title: 'Nothing was saved yet.', issues: error.issues } }),
        422,
      )
    }
  })

async function formPage(c: Context<SignedInEnv>, id: string, origins?: Pick<OriginsProps, 'typed' | 'error'>) {
  const { core, session, publicUrl } = c.var
  const form = await getForm(core, session.workspaceId, id)
  const formName = await publicName(core, session.workspaceId, form)
  return <FormPage {...{ session, form, formName, publicUrl }} {...(origins && { origins })} />
}
