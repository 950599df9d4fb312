import {
  type Client,
  type Core,
  captureLead,
  type ErrorCode,
  type FoundForm,
  findForm,
  findWordings,
  issueFormToken,
  keyedFingerprint,
  LeadNestError,
  newId,
  parse,
  readFormToken,
  SubmissionInput,
  tokenLifetime,
} from '@leadnest/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { publicFiles } from '../admin/assets/files.ts'
import { serve } from '../admin/assets/routes.ts'
import { checkText } from '../http/body.ts'
import type { Env } from '../http/env.ts'
import { admitOrigin, isOwnOrigin, type OriginOptions } from '../http/origins.ts'
import { logged, statusOf } from '../http/problem.ts'
import { hostedPolicy } from '../http/security-headers.ts'
import { FormPage } from './form-page.tsx'
import { answerError, renderProblem } from './problem-page.tsx'
import { attributionNames, keep, type Post, readPost } from './read-post.ts'
import { ThanksPage } from './thanks-page.tsx'

/** Each form's own page, and the door for plain HTML forms on other sites. Mounted at /f. */
export function hostedForms(core: Core, origins: OriginOptions, limit: MiddlewareHandler<Env>): Hono<Env> {
  async function formFor(c: Context<Env>): Promise<FoundForm & { name: string }> {
    const name = c.req.param('slug')!.toLowerCase()
    const found = await findForm(core, name)
    c.header('content-security-policy', hostedPolicy(found.form.origins))
    c.header('cache-control', 'no-store')
    return { ...found, name }
  }

  async function send(
    found: FoundForm,
    { fields, token, trap, proof, attribution, key, consents: ticked }: Post,
    client: Client,
  ) {
    const consents = await givenBy(core, found, ticked)
    const sent = {
      fields,
      attribution,
      consents,
      ...(token && { token }),
      ...(trap && { trap }),
      ...(proof && { proof }),
    }
    checkText(sent)
    const input = parse(SubmissionInput, sent)
    // What was changed before it was sent again is another submission, so the content is part of the key.
    const request = keyedFingerprint(core.keyring, 'hosted form', found.form.id, key, JSON.stringify(input))
    await captureLead(core, found, input, {
      trusted: false,
      actor: { type: 'visitor', id: null, name: null },
      source: 'form',
      client,
      ...(key && {
        idempotency: { scope: 'public', key: request.fingerprint.toString('base64url'), ...request },
      }),
    })
  }

  /** The token that came, where it is still good: a fresh one would make whoever mends quickly look like a robot. */
  function tokenFor({ id }: FoundForm['form'], token: string): string {
    const read = readFormToken(core, id, token)
    return read && core.now().getTime() - read.issuedAt < tokenLifetime / 2 ? token : issueFormToken(core, id)
  }

  return new Hono<Env>()
    .onError(answerError)
    .get('/:file{[a-z]+\\.(?:css|svg)}', (c) => serve(c, publicFiles.get(c.req.param('file'))))
    .use(limit)

    .get('/:slug', async (c) => {
      const { form, name } = await formFor(c)
      const post: Post = {
        fields: {},
        ...arrival(c),
        token: issueFormToken(core, form.id),
        trap: '',
        proof: '',
        key: newId(),
        consents: [],
      }
      return c.html(<FormPage {...{ form, name, post }} />)
    })

    .post('/:slug', async (c) => {
      const found = await formFor(c)
      admitOrigin(c, found.form, origins)
      const { form, name } = found
      const post = await readPost(c, form)
      if (!isOwnOrigin(c, origins) && !post.attribution.landingPage)
        keep(post.attribution, 'landingPage', c.req.header('referer'))
      try {
        await send(found, post, c.get('visitor'))
      } catch (thrown) {
        const error = logged(c, thrown)
        if (!mendable.has(error.code)) throw error
        const again: Post = { ...post, token: tokenFor(form, post.token), key: post.key || newId() }
        if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
        return c.html(
          <FormPage {...{ form, name, issues: error.issues }} post={again} busy={error.code === 'unavailable'} />,
          statusOf(error),
        )
      }
      return c.redirect(listedPage(form.origins, post.redirect) ?? `/f/${name}/thanks`, 303)
    })

    .get('/:slug/thanks', async (c) => {
      const { form, name } = await formFor(c)
      return c.html(<ThanksPage {...{ form, name }} />)
    })

    .all('/:slug', (c) => {
      c.header('allow', 'GET, POST')
      return renderProblem(c, new LeadNestError('method_not_allowed', 'Use GET or POST here.'))
    })
    .all('*', (c) => renderProblem(c, new LeadNestError('not_found', 'The address may be mistyped.')))

  /** What is known of a visitor when they come: the campaign in the address, and where the link to it stood. */
  function arrival(c: Context<Env>): Pick<Post, 'attribution' | 'redirect'> {
    const attribution: Post['attribution'] = {}
    for (const [name, key] of attributionNames) keep(attribution, key, c.req.query(name))
    const { pathname, search } = new URL(c.req.url)
    keep(attribution, 'landingPage', new URL(pathname + search, origins.publicBaseUrl).href)
    keep(attribution, 'referrer', attribution.referrer ?? c.req.header('referer'))
    return { attribution, redirect: '' }
  }
}

/** What a visitor can mend: the words of a box, too, that changed since the page was opened. */
const mendable = new Set<ErrorCode>(['invalid_input', 'unknown_reference', 'unavailable'])

/** A box sends only its id, so that nothing else can be said about it. */
async function givenBy(core: Core, { workspaceId, form }: FoundForm, ticked: string[]) {
  const ids = [...new Set(ticked)].slice(0, 20)
  const shown = new Map(form.consents.map((box) => [box.id, box]))
  const earlier = ids.some((id) => !shown.has(id))
    ? await core.inWorkspace(workspaceId, (tx) => findWordings(tx, workspaceId, ids))
    : new Map<string, never>()
  return ids.map((id) => {
    const box = shown.get(id) ?? earlier.get(id)
    return { wordingId: id || '-', channel: box?.channel ?? '-', purpose: box?.purpose ?? '-' }
  })
}

/** Where a page's author wants the visitor to go: only to a site of the form, for anybody can write such a form. */
function listedPage(origins: string[], redirect: string): string | undefined {
  if (!URL.canParse(redirect)) return undefined
  const url = new URL(redirect)
  // The origin of blob:https://… is that of https://….
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && origins.includes(url.origin) && !url.username && !url.password ? url.href : undefined
}
