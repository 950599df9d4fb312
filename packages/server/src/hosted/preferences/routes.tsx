import {
  askPrivacy,
  type Core,
  changePreferences,
  exportOwnData,
  findPreferences,
  invalid,
  LeadNestError,
  readPreferenceToken,
  unsubscribe,
} from '@leadnest/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { checkText } from '../../http/body.ts'
import type { Env } from '../../http/env.ts'
import { keepSecret } from '../link-headers.ts'
import { answerError, renderProblem } from '../problem-page.tsx'
import { readPairs } from '../read-post.ts'
import { wrongLink } from '../wrong-link-page.tsx'
import { SurePage } from './own-data.tsx'
import { GonePage, PreferencesPage } from './page.tsx'
import { type Texts, textsOf } from './texts.ts'

/** Each person's own page, where they say what may be sent to them. Mounted at /p. */
export function preferencePages(core: Core, limit: MiddlewareHandler<Env>): Hono<Env> {
  const gone = (c: Context<Env>, status: 200 | 410) => c.html(<GonePage texts={textsOf(c)} />, status)

  async function page(c: Context<Env>, done?: keyof Texts['done']) {
    const token = c.req.param('token')!
    const found = await findPreferences(core, token)
    if (found === 'unknown') return wrongLink(c)
    if (found === 'gone') return gone(c, 410)
    return c.html(<PreferencesPage {...{ found, done }} texts={textsOf(c)} address={`/p/${token}`} />)
  }

  /** By a mail program, which follows no redirect and sends no cookie (RFC 8058). Nothing is left to do for who is gone. */
  async function oneClick(c: Context<Env>, token: string) {
    const outcome = await unsubscribe(core, token, 'List-Unsubscribe')
    return outcome === 'gone' ? gone(c, 200) : page(c, 'stopped')
  }

  /** By a button, not by a link: an event tells of each export, and programs follow links. */
  async function fetchData(c: Context<Env>, token: string) {
    const found = await exportOwnData(core, token)
    if (found === 'unknown') return wrongLink(c)
    if (found === 'gone') return gone(c, 410)
    if (found === 'closed') return c.redirect(`/p/${token}`, 303)
    c.header('content-disposition', 'attachment; filename="my-data.json"')
    return c.json(found)
  }

  return new Hono<Env>()
    .onError(answerError)
    .use(keepSecret)

    .get('/:token', limit, async (c) => {
      const done = c.req.query('done')
      return page(c, done === 'saved' || done === 'stopped' || done === 'asked' ? done : undefined)
    })

    .get('/:token/erasure', limit, async (c) => {
      const token = c.req.param('token')
      if (!readPreferenceToken(core, token)) return wrongLink(c)
      return c.html(<SurePage texts={textsOf(c)} address={`/p/${token}`} />)
    })

    .post('/:token', async (c) => {
      const token = c.req.param('token')
      const sent = await readPairs(c)
      checkText(sent)
      const valuesOf = (name: string) => sent.filter(([key]) => key === name).map(([, value]) => value)
      const isOneClick = valuesOf('List-Unsubscribe')[0]?.toLowerCase() === 'one-click'
      // Mail services unsubscribe for many people from few addresses, and none of those may be lost.
      if (isOneClick && readPreferenceToken(core, token)) return oneClick(c, token)
      await limit(c, async () => undefined)
      if (isOneClick) return wrongLink(c)

      const deeds: Record<string, [keyof Texts['done'], () => Promise<string>]> = {
        save: ['saved', () => changePreferences(core, token, { shown: valuesOf('shown'), ticked: valuesOf('on') })],
        stop: ['stopped', () => unsubscribe(core, token)],
        export: ['asked', () => askPrivacy(core, token, 'export')],
        erasure: ['asked', () => askPrivacy(core, token, 'erasure')],
      }
      const [action = ''] = valuesOf('action')
      if (action === 'fetch') return fetchData(c, token)
      if (!Object.hasOwn(deeds, action)) throw invalid('action', 'Use the buttons of the page.')
      const [done, deed] = deeds[action]!
      const outcome = await deed()
      if (outcome === 'unknown') return wrongLink(c)
      if (outcome === 'gone') return gone(c, 410)
      return c.redirect(outcome === 'unproven' ? `/p/${token}` : `/p/${token}?done=${done}`, 303)
    })

    .all('/:token', limit, (c) => {
      c.header('allow', 'GET, POST')
      return renderProblem(c, new LeadNestError('method_not_allowed', 'Use GET or POST here.'))
    })
    .all('*', limit, wrongLink)
}
