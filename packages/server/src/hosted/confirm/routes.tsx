import { type Confirmation, type Core, confirmSubmission, findConfirmation, LeadNestError } from '@leadnest/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Env } from '../../http/env.ts'
import { keepSecret } from '../link-headers.ts'
import { answerError, renderProblem } from '../problem-page.tsx'
import { wrongLink } from '../wrong-link-page.tsx'
import { ConfirmPage } from './page.tsx'

/** Where people confirm what they sent. Looking changes nothing, the button does. Mounted at /c. */
export function confirmPages(core: Core, limit: MiddlewareHandler<Env>): Hono<Env> {
  function answer(c: Context<Env>, found: Confirmation | undefined, justNow = false) {
    if (!found) return wrongLink(c)
    const address = `/c/${c.req.param('token')}`
    return c.html(<ConfirmPage {...{ found, address, justNow }} />, found.state === 'open' ? 200 : 410)
  }

  return new Hono<Env>()
    .onError(answerError)
    .use(keepSecret)
    .use(limit)

    .get('/:token', async (c) => answer(c, await findConfirmation(core, c.req.param('token'))))

    .post('/:token', async (c) => {
      const found = await confirmSubmission(core, c.req.param('token'))
      return answer(c, found, found?.state === 'open')
    })

    .all('/:token', (c) => {
      c.header('allow', 'GET, POST')
      return renderProblem(c, new LeadNestError('method_not_allowed', 'Use GET or POST here.'))
    })
    .all('*', wrongLink)
}
