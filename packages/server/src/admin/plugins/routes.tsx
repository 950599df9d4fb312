import {
  answerPage,
  attachment,
  type Html,
  type Issue,
  isHtml,
  type PageAnswer,
  type PageRoute,
  type Plugin,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { literalFirst } from '../../http/literal-first.ts'
import { pathPattern } from '../../http/path-pattern.ts'
import type { SignedInEnv } from '../env.ts'
import { noticeOf, withNotice } from '../notice.tsx'
import { answered } from '../saved.ts'
import { ownPath } from '../sign-in/next.ts'
import { callOf, typedIn } from './call.tsx'
import { PluginPage } from './page.tsx'
import { addressOf, type PagePath, pageAbove, pagesOf, pathOf, placeOf, titleOf } from './paths.ts'

/** The pages that plugins bring. Mounted at /plugins. */
export function ownPages(plugins: Plugin[]): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>()
  for (const plugin of plugins) {
    for (const route of literalFirst(Object.keys(plugin.pages ?? {}) as PageRoute[])) {
      const { method, path } = pathOf(route)
      const address = `/${plugin.id}${path === '/' ? '' : path}`
      if (method === 'GET') app.get(address, (c) => drawn(c, plugin, route))
      else app.post(address, (c) => posted(c, plugin, route))
    }
  }
  return app
}

async function drawn(c: Context<SignedInEnv>, plugin: Plugin, route: PageRoute): Promise<Response> {
  const page = { route, params: c.req.param() as Record<string, string> }
  const { call, isLive } = callOf(c, plugin, { params: page.params, address: here(c, plugin, page) })
  return respond(c, plugin, page, await answerPage(c.var.core, plugin, route, call), isLive)
}

async function posted(c: Context<SignedInEnv>, plugin: Plugin, route: PageRoute): Promise<Response> {
  const page = { route, params: c.req.param() as Record<string, string> }
  const above = pageAbove(plugin, page)
  const typed = takesUploads(plugin, route) ? {} : await typedIn(c)
  const answer = async () => {
    const address = here(c, plugin, above ?? page)
    const { call, isLive } = callOf(c, plugin, { params: page.params, typed, address })
    return respond(c, plugin, page, await answerPage(c.var.core, plugin, route, call), isLive)
  }
  if (!above) return answer()
  return answered(c, answer, async (issues) => {
    const { call, isLive } = callOf(c, plugin, { params: above.params, typed, issues, address: here(c, plugin, above) })
    const shown = bodyOf(await answerPage(c.var.core, plugin, above.route, call))
    if (!shown)
      throw new Error(`The page “${above.route}” of the plugin ${plugin.id} drew nothing to show what is wrong on.`)
    return shownIn(c, plugin, above, { ...shown, issues, isLive: isLive() })
  })
}

const takesUploads = ({ pages }: Plugin, route: PageRoute) => {
  const page = pages![route]!
  return 'uploads' in page && page.uploads === true
}

const isLarge = ({ pages }: Plugin, route: PageRoute) => {
  const page = pages![route]!
  return 'large' in page && page.large === true
}

/** Where files of any size are taken, below the admin. */
export const uploadPaths = (plugins: Plugin[]): RegExp[] => pathsOf(plugins, takesUploads)

/** Where forms may be large. */
export const largePaths = (plugins: Plugin[]): RegExp[] => pathsOf(plugins, isLarge)

const pathsOf = (plugins: Plugin[], are: (plugin: Plugin, route: PageRoute) => boolean): RegExp[] =>
  plugins.flatMap((plugin) =>
    (Object.keys(plugin.pages ?? {}) as PageRoute[])
      .filter((route) => are(plugin, route))
      .map((route) => pathPattern(`${pagesOf(plugin)}${pathOf(route).path}`)),
  )

/** The address of a page with the query of this request, without what is said once. */
function here(c: Context<SignedInEnv>, plugin: Plugin, page: PagePath): string {
  const query = new URL(c.req.url).searchParams
  query.delete('notice')
  return addressOf(plugin, page) + (query.size > 0 ? `?${query}` : '')
}

async function respond(
  c: Context<SignedInEnv>,
  plugin: Plugin,
  page: PagePath,
  answer: PageAnswer,
  isLive: () => boolean,
): Promise<Response> {
  const shown = bodyOf(answer)
  if (shown) return c.html(shownIn(c, plugin, page, { ...shown, isLive: isLive() }))
  if ('to' in answer) {
    const to = ownPath(
      /^\/admin(\/|$)/.test(answer.to) ? answer.to : `${pagesOf(plugin)}${answer.to.replace(/^\/(?=$|[?#])/, '')}`,
    )
    return c.redirect(answer.notice ? withNotice(c, to, answer.notice) : to, 303)
  }
  if (!('file' in answer)) throw new Error(`The plugin ${plugin.id} answered with nothing that can be shown.`)
  // Whatever it says it is, it is kept and not opened here.
  c.header('content-type', answer.type ?? 'application/octet-stream')
  c.header('content-disposition', attachment(answer.file))
  return c.body(answer.content)
}

function bodyOf(answer: PageAnswer): { body: Html; title?: string } | undefined {
  if (isHtml(answer)) return { body: answer }
  return typeof answer === 'object' && answer !== null && 'body' in answer && isHtml(answer.body) ? answer : undefined
}

interface Shown {
  body: Html
  title?: string
  issues?: Issue[]
  isLive: boolean
}

/** A page within the frame of the admin. */
function shownIn(c: Context<SignedInEnv>, plugin: Plugin, page: PagePath, { title, ...shown }: Shown) {
  const { session } = c.var
  const above = pageAbove(plugin, page)
  return (
    <PluginPage
      {...{ session, ...shown }}
      title={title ?? titleOf(plugin, page)}
      at={placeOf(session, plugin, addressOf(plugin, page))}
      above={above && { path: addressOf(plugin, above), title: titleOf(plugin, above) }}
      notice={noticeOf(c)}
    />
  )
}
