import { type Issue, LeadNestError, listMembers, parse, reportSpeed } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { plain } from '../leads/list-address.ts'
import { memberNames } from '../leads/owner.ts'
import { may } from '../may.ts'
import { panelsOf } from '../plugins/panels.tsx'
import { ReportsPage } from './reports-page.tsx'

export const reportPages = new Hono<SignedInEnv>().use(may('leads:read')).get('/', async (c) => {
  const { core, session } = c.var
  const [from, to] = [plain(c.req.query('from')), plain(c.req.query('to'))]
  const read = (query: object) =>
    reportSpeed(core, session.workspaceId, parse(contract['GET /v1/reports/speed-to-lead'].query, query))
  const drawing = panelsOf(c, { place: 'dashboard' })
  const members = memberNames(await listMembers(core, session.workspaceId))
  try {
    const report = await read({ ...(from && { from }), ...(to && { to }) })
    const panels = await drawing
    return c.html(
      <ReportsPage
        {...{ session, panels, report, members }}
        typed={{ from: report.from, to: report.to }}
        issues={[]}
      />,
    )
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
    const issues: Issue[] = error.issues
    return c.html(
      <ReportsPage
        {...{ session, members, issues }}
        panels={await drawing}
        report={await read({})}
        typed={{ from, to }}
      />,
      422,
    )
  }
})
