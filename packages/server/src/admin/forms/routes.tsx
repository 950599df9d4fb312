import { getForm, listForms } from '@leadnest/core'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { FormsPage } from './index-page.tsx'
import { publicName } from './public-name.ts'
import { FormPage } from './show-page.tsx'

export const formPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session } = c.var
    const forms = await listForms(core, session.workspaceId)
    return c.html(<FormsPage session={session} forms={forms} />)
  })

  .get('/:id', async (c) => {
    const { core, session, publicUrl } = c.var
    const form = await getForm(core, session.workspaceId, c.req.param('id'))
    const formName = await publicName(core, session.workspaceId, form)
    return c.html(<FormPage {...{ session, form, formName, publicUrl }} />)
  })
