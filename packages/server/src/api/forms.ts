import {
  type Core,
  captureLead,
  createForm,
  demand,
  type FoundForm,
  findForm,
  fingerprintOf,
  getForm,
  issueFormToken,
  listForms,
  type Principal,
  publish,
  publishFields,
  updateForm,
} from '@leadnest/core'
import type { Context } from 'hono'
import type { Mount } from '../http/endpoint.ts'
import type { Env } from '../http/env.ts'
import { isFresh } from '../http/etag.ts'
import { idempotencyOf, replayedHeader } from '../http/idempotency.ts'
import { admitKeyOrigin, admitOrigin, type OriginOptions } from '../http/origins.ts'
import { by } from './by.ts'

export function formRoutes(mount: Mount, origins: OriginOptions) {
  /** A form for whoever asks: a key's own workspace, or a page that the form lists. */
  async function formFor(
    core: Core,
    c: Context<Env>,
    slug: string,
    principal: Principal | undefined,
  ): Promise<FoundForm> {
    const found = await findForm(core, slug, principal?.workspaceId)
    if (principal) admitKeyOrigin(c, principal, origins)
    else admitOrigin(c, found.form, origins)
    return found
  }

  mount('GET /v1/forms/:slug', async ({ core, c, params, principal }) => {
    const { form, workspaceId } = await formFor(core, c, params.slug, principal)
    const definition = { ...publish(form), fields: await publishFields(core, workspaceId, form.fields) }
    const etag = `"${fingerprintOf(JSON.stringify(definition)).toString('base64url').slice(0, 22)}"`
    // The token is new each time, so a cache may keep the answer but has to ask.
    c.header('etag', etag)
    c.header('cache-control', 'no-cache')
    c.header('leadnest-form-token', issueFormToken(core, form.id))
    return isFresh(c, etag) ? c.body(null, 304) : definition
  })

  mount('POST /v1/forms/:slug/submissions', async ({ core, c, params, principal, body, text }) => {
    const found = await formFor(core, c, params.slug, principal)
    const trusted = principal?.kind === 'user' || principal?.kind === 'secret'
    // A trusted door overwrites what is known of a lead.
    if (trusted) demand(principal, 'leads:write')
    const { result, replayed } = await captureLead(core, found, body, {
      trusted,
      actor: trusted ? principal.actor : { type: 'visitor', id: null, name: null },
      source: trusted ? 'api' : 'form',
      idempotency: idempotencyOf(c, core, principal, text),
      client: c.get('visitor'),
    })
    if (replayed) c.header(replayedHeader, 'true')
    return result
  })

  mount('GET /v1/forms', async ({ core, principal }) => ({
    data: await listForms(core, principal.workspaceId),
    nextCursor: null,
  }))

  mount('POST /v1/forms', async ({ core, principal, body }) =>
    createForm(core, principal.workspaceId, body, by(principal)),
  )

  mount('GET /v1/forms/:id/definition', async ({ core, principal, params }) =>
    getForm(core, principal.workspaceId, params.id),
  )

  mount('PATCH /v1/forms/:slug', async ({ core, principal, params, body }) =>
    updateForm(core, principal.workspaceId, params.slug, body, by(principal)),
  )
}
