import { type Html, html, LeadNestError, type PageCall, type PluginContext } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { type NewWebhookEndpoint, WebhookEndpointInput } from '../endpoints/endpoint.ts'
import { getEndpoint } from '../endpoints/find-endpoints.ts'
import { createEndpoint, updateEndpoint } from '../endpoints/save-endpoint.ts'
import { checked } from './checked.ts'

/** What the admin asks; what it has to look like is said by `WebhookEndpointInput`. */
const Form = v.object({
  url: v.pipe(
    v.string('Give an address.'),
    v.title('Address'),
    v.description('Where messages are posted. In production it begins with https://.'),
  ),
  description: v.optional(v.pipe(v.string(), v.title('Description')), ''),
  types: v.optional(
    v.pipe(
      v.array(v.string()),
      v.title('Told of'),
      v.description('Types of events, one a line: lead.created, a group such as lead.*, or * for everything.'),
    ),
    ['*'],
  ),
  changed: v.optional(
    v.pipe(
      v.array(v.string()),
      v.title('Only when these fields changed'),
      v.description('Of lead.updated: stage, ownerId, fields.plan, one a line. Empty is every change.'),
    ),
    [],
  ),
  filter: v.optional(
    v.pipe(
      v.string(),
      v.title('Only of leads that match'),
      v.description('A filter as in the list of leads, such as: stage = new and tag = vip'),
    ),
    '',
  ),
  headers: v.optional(
    v.pipe(
      v.string(),
      v.title('Headers of your own'),
      v.description(
        'One a line, as in “authorization: Bearer …”. Kept encrypted; a name without a value removes it. At another address, give them again.',
      ),
      v.metadata({ multiline: true }),
    ),
    '',
  ),
})

export const drawNew = ({ controls }: PageCall): Html =>
  html`<div class="stack"><form class="card" method="post">${controls(Form)}<button class="button primary">Add endpoint</button></form></div>`

export async function drawEdit(
  { controls, params }: PageCall,
  context: PluginContext,
): Promise<{ body: Html; title: string }> {
  const endpoint = await getEndpoint(context, params.id!)
  return {
    title: 'Edit endpoint',
    body: html`<div class="stack"><form class="card" method="post">
      ${controls(Form, endpoint)}
      ${endpoint.headerNames.length > 0 && html`<p class="muted small">Headers that are sent: ${endpoint.headerNames.join(', ')}.</p>`}
      <button class="button primary">Save</button></form></div>`,
  }
}

export async function create(call: PageCall, context: PluginContext): Promise<{ body: Html; title: string }> {
  const { headers, ...form } = call.read(Form)
  const input = checked(WebhookEndpointInput, {
    ...form,
    headers: Object.fromEntries(Object.entries(linesOf(headers)).filter(([, value]) => value)),
  })
  return drawSecret(call, await typed(createEndpoint(context, call.principal, input)), 'Endpoint added')
}

export async function save({ read, params, principal }: PageCall, context: PluginContext) {
  const { headers, ...form } = read(Form)
  const lines = linesOf(headers)
  const { headers: named, ...patch } = checked(WebhookEndpointInput, { ...form, headers: lines })
  const given = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value || null]))
  await typed(updateEndpoint(context, principal, params.id!, { ...dropDefaults(patch), headers: given }))
  return { to: `/endpoints/${params.id}`, notice: 'Saved.' }
}

/** What the form does not ask stays as it is. */
const dropDefaults = ({
  enabled: _,
  payloadVersion: __,
  ...patch
}: Omit<v.InferOutput<typeof WebhookEndpointInput>, 'headers'>) => patch

export const drawSecret = (
  { at }: PageCall,
  { id, secret, previousSecretUntil }: NewWebhookEndpoint,
  title: string,
) => ({
  title,
  body: html`<div class="stack"><section class="card">
    <p>This is its secret. It is not shown again: copy it now to whoever checks the signatures.</p>
    <p><code>${secret}</code></p>
    ${previousSecretUntil && html`<p class="muted">For 24 hours everything is also signed with the secret that it replaces.</p>`}
    <p><a class="button primary" href="${at}/endpoints/${id}">I have it</a></p>
  </section></div>`,
})

function linesOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim())
  return Object.fromEntries(
    lines.map((line) => {
      const [name, ...value] = line.split(':')
      return [name!.trim(), value.join(':').trim()]
    }),
  )
}

/** An address that is refused here was typed: the form says so, and it is no failure of the plugin. */
const typed = <T>(saving: Promise<T>): Promise<T> =>
  saving.catch((error) => {
    if (!(error instanceof LeadNestError) || error.code !== 'address_refused') throw error
    throw new LeadNestError('invalid_input', error.message, { issues: error.issues, cause: error })
  })
