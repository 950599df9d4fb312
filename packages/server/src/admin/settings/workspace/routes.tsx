import { getWorkspaceSettings, parse, updateWorkspaceSettings, WorkspaceSettingsPatch } from '@leadnest/core'
import { Hono } from 'hono'
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
    const [name, country, timeZone, privacyRequests] = (await Promise.all(
      ['name', 'country', 'timeZone', 'privacyRequests'].map((field) => formText(c, field)),
    )) as [string, string, string, string]
    const typed = { name, country, timeZone, privacyRequests, hours: await readTypedHours(c) }
    return saved(
      c,
      '/admin/settings/workspace',
      async () => {
        const said = parse(WorkspaceSettingsPatch, {
          name: typed.name,
          country: typed.country || null,
          timeZone: typed.timeZone,
          ...(typed.privacyRequests && { privacyRequests: typed.privacyRequests }),
        })
        const patch = { ...said, openingHours: hoursOf(typed.hours, settings.openingHours) }
        await updateWorkspaceSettings(core, session.workspaceId, patch, by(c))
      },
      (issues) => <WorkspacePage {...{ session, settings, typed, issues }} />,
    )
  })
