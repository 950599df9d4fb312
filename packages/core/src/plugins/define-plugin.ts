import type { GenericSchema } from 'valibot'
import type { ChannelDefinition } from '../channels/channel.ts'
import { checkChannels } from '../channels/define-channel.ts'
import type { Event, EventType } from '../events/event.ts'
import type { Exporter } from '../exports/exporter.ts'
import type { Importer } from '../imports/importer.ts'
import type { Link } from '../links/link.ts'
import type { Action } from './action.ts'
import type { Api } from './api.ts'
import { checkActions } from './check-actions.ts'
import { checkFormFields } from './check-form-fields.ts'
import { checkPages } from './check-pages.ts'
import type { FormField } from './form-field.ts'
import type { Pages } from './page.ts'
import type { Panels } from './panel.ts'
import type {
  Capability,
  Draft,
  DraftChange,
  HandlerContext,
  JobContext,
  PluginContext,
  RouteContext,
} from './plugin-context.ts'
import { fieldsOf } from './setting.ts'

/** What a plugin adds to LeadNest. What is not in the object it cannot do. */
export interface PluginDefinition<Settings> {
  /** Small letters, digits and hyphens; it names the plugin's jobs, settings and addresses. */
  id: string
  name: string
  version?: string
  /** The versions of LeadNest that it works with, as in `^1.2`; another one refuses to start with it. */
  leadnest?: string
  /** What it may do; an admin reads this list before turning it on. */
  capabilities?: Capability[]
  /**
   * What an admin fills in before it works: a `v.object` of texts, numbers, yes or no, choices and lists of text. `v.title`
   * and `v.description` are its words in the admin, `v.metadata({ secret: true })` is stored encrypted and never shown again.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a schema takes is its own matter, what it gives is typed
  settings?: GenericSchema<any, Settings>
  /**
   * Sees what was sent on a form before it is stored, and may add to it, hold or refuse it. It has 2 s, for a visitor waits; when
   * it throws or takes longer, that is noted and the submission goes on without it. A repeated request may show it again.
   */
  beforeCapture?(
    draft: Draft,
    context: PluginContext<Settings>,
  ): Promise<DraftChange | undefined> | DraftChange | undefined
  /** Jobs of its own, by name: each runs at least once, and again after a throw. With `cron` (UTC) it runs in every workspace that has it on. */
  jobs?: Record<string, { cron?: string; run(payload: object, context: JobContext<Settings>): Promise<void> | void }>
  /** Answers under `/plugins/<id>`, as in `'POST /inbound/:source'`, with the raw request. One that knows a signed request has no limit for those. */
  routes?: Record<`${'GET' | 'POST'} /${string}`, Route<Settings>>
  /** Routes of the API, typed, in `/openapi.json`: see `defineApi`. Where the plugin is off they answer `plugin_off`. */
  api?: Api<NoInfer<Settings>>
  /**
   * Pages of the admin, below `/admin/plugins/<id>`: `'GET /'` is looked at, `'POST /retry/:id'` is what a form is sent to. They
   * have 10 s, and act in the name of whoever is signed in.
   */
  pages?: Pages<Settings>
  /**
   * Parts of our pages: of a lead's, of a form's, and of the reports (`dashboard`). Each is drawn beside what the page reads, within
   * 1 s; one that fails is named in its place.
   */
  panels?: Panels<Settings>
  /** Types of fields for forms, by name: a form asks one as `plugin:<id>/<name>`, and the widget draws it by its element. */
  fields?: Record<string, FormField>
  /** Buttons on a lead and on a selection of leads, by name; done in the name of whoever presses them. */
  actions?: Record<string, Action<Settings>>
  /**
   * Tables of its own, by the name of each step, in their order: SQL that is never edited after it ran. They are called
   * `plugin_<id>_…`, their primary key begins with `workspace_id uuid`, and they get row security. A row
   * whose column `lead_id uuid` is a lead's goes when that lead is erased. Needs the capability `tables`.
   */
  migrations?: Record<string, string>
  /** Formats that leads can be imported from, by name, as in `csv`. */
  importers?: Record<string, Importer>
  /** Formats that leads can be exported to, by name. */
  exporters?: Record<string, Exporter>
  /**
   * Where `fetch` may send although it is not public: an origin that whoever runs LeadNest configured, as in
   * `http://10.0.0.5:8080`. Never one that somebody typed into a page. It needs its `http:<host>` too.
   */
  origins?: string[]
  /** What of its settings tells a route whose request it is, as an account's id; no two workspaces may have the same. */
  names?(settings: Settings): string[]
  /** Ways to write to people, each with `defineChannel`. Needs the capability `channels`. Two plugins cannot bring the same one. */
  channels?: ChannelDefinition<Settings>[]
  /** Whether its provider can be reached with these settings; throws what is wrong, in words for an operator. */
  health?(context: PluginContext<Settings>): Promise<void> | void
  /**
   * Sends a link to whom it is for: an invite, or a new password. It is a job, tried again after a throw. Of several plugins the first
   * that is on does it. Needs the capability `links`.
   */
  sendLink?(link: Link, context: JobContext<Settings>): Promise<void>
  /** Runs after the event is committed, as a job of its own: at least once, and again after a throw. It is not told of what it did itself. */
  on?: { [Type in EventType]?: (event: Event, context: HandlerContext<Settings>) => Promise<void> | void }
  /** The same for everything that happens, whatever its type: what one transaction did comes together, in one job. */
  onEvents?(events: Event[], context: JobContext<Settings>): Promise<void> | void
}

export type Answer<Settings> = (request: Request, context: RouteContext<Settings>) => Promise<Response> | Response

/** `signed` says whether a request proves by itself who sent it: such ones are not counted against the limit of their address. */
export type Route<Settings> =
  | Answer<Settings>
  | {
      signed(request: Request, context: RouteContext<Settings>): Promise<boolean> | boolean
      answer: Answer<Settings>
    }

/** A plugin as LeadNest keeps it: its settings were typed where it was defined, and are checked where they are read. */
// biome-ignore lint/suspicious/noExplicitAny: plugins with different settings stand in one list
export type Plugin = PluginDefinition<any>

const capability =
  /^(leads:(read|write)|forms:read|submissions:write|members:read|links|events:read|imports|exports|tables|channels|send:[a-z][a-z0-9_]*|http:(\*|[a-z0-9.-]+(:\d+)?))$/

/**
 * Checks a plugin's shape where it is written. Throws an Error that names the part at fault.
 *
 * @example
 * export const hello = () =>
 *   definePlugin({ id: 'hello', name: 'Hello', on: { 'lead.captured': (event, { log }) => log.info(event.id) } })
 */
export function definePlugin<Settings = Record<never, unknown>>(definition: PluginDefinition<Settings>): Plugin {
  const { id, settings, capabilities = [] } = definition
  if (!/^[a-z][a-z0-9-]{0,49}$/.test(id))
    throw new Error(
      `The plugin id “${id}” must begin with a small letter; small letters, digits and hyphens may follow.`,
    )
  for (const name of capabilities) {
    if (!capability.test(name))
      throw new Error(
        `The plugin ${id} names “${name}”, which is no capability. There are leads:read, leads:write, forms:read, submissions:write, members:read, links, events:read, imports, exports, tables, channels, send:<channel> and http:<host>.`,
      )
  }
  if (settings) fieldsOf(id, settings)
  checkChannels(definition)
  if (definition.migrations && !capabilities.includes('tables'))
    throw new Error(`The plugin ${id} has migrations. Let it: add 'tables' to its capabilities.`)
  if (definition.sendLink && !capabilities.includes('links'))
    throw new Error(`The plugin ${id} sends links that let people in. Let it: add 'links' to its capabilities.`)
  for (const name of Object.keys(definition.jobs ?? {})) {
    if (!/^[a-z][a-z0-9_-]{0,49}$/.test(name))
      throw new Error(`The job “${name}” of the plugin ${id} must be named in small letters, digits, - and _.`)
  }
  for (const route of Object.keys(definition.routes ?? {})) {
    if (!/^(GET|POST) \/([\w.-]+|:\w+)?(\/([\w.-]+|:\w+))*$/.test(route))
      throw new Error(`The route “${route}” of the plugin ${id} must look like “POST /inbound/:source”.`)
  }
  for (const [route, { endpoint }] of Object.entries(definition.api ?? {})) {
    if (!/^(GET|POST|PUT|PATCH|DELETE) \/v1(\/([\w.-]+|:\w+))+$/.test(route))
      throw new Error(`The API route “${route}” of the plugin ${id} must look like “GET /v1/orders/:id”.`)
    if (endpoint.access === 'anyone' || endpoint.access === 'form')
      throw new Error(
        `The API route “${route}” of the plugin ${id} must be for somebody: give it a scope as its access, as 'leads:read'. What anyone may ask stands under routes.`,
      )
  }
  checkPages(definition)
  checkActions(definition)
  checkFormFields(definition)
  return definition
}
