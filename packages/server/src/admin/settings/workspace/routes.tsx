import { getWorkspaceSettings, updateWorkspaceSettings, WorkspaceSettingsPatch } from '@leadnest/core'
import { Hono } from 'hono'
import { parse } from '../../../http/parse.ts'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { hoursOf, readTypedHours } from '../hours.tsx'
import { WorkspacePage } from './page.tsx'

export const workspacePages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session } = c.var
    const settings = await getWorkspaceSettings(core, session.workspaceId)
    return c.html(<WorkspacePage {...{ session, settings }} justSaved={c.req.query('saved') === '1'} />)
  })

  .post('/', may('settings:write'), async (c) => {
    const { core, session } = c.var
    const settings = await getWorkspaceSettings(core, session.workspaceId)
    const [name, country, timeZone] = await Promise.all(
      ['name', 'country', 'timeZone'].map((field) => formText(c, field)),
    )
    const typed = { name: name!, country: country!, timeZone: timeZone!, hours: await readTypedHours(c) }
    return saved(
      c,
      '/admin/settings/workspace',
      async () => {
        const said = parse(WorkspaceSettingsPatch, {
          name: typed.name,
          country: typed.country || null,
          timeZone: typed.timeZone,
        })
        const patch = { ...said, openingHours: hoursOf(typed.hours, settings.openingHours) }
        await updateWorkspaceSettings(core, session.workspaceId, patch, by(c))
      },
      (issues) => <WorkspacePage {...{ session, settings, typed, issues }} />,
    )
  })
