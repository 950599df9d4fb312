import type { GenericSchema, InferOutput } from 'valibot'
import type { Scope } from '../accounts/account.ts'
import type { Principal } from '../accounts/principal.ts'
import type { Issue } from '../errors.ts'
import type { By } from '../events/event.ts'
import type { Html, Part } from './html.ts'
import type { PluginContext } from './plugin-context.ts'

/** What a page of the admin is told of a request, and what it draws with. */
export interface PageCall {
  /** The values of `:names` in its path. */
  params: Record<string, string>
  query: Record<string, string>
  /** Who is signed in, and what they may do. */
  principal: Principal
  /** Who does it, for an event. */
  by: By
  /** Where the plugin's pages begin, as in `/admin/plugins/shop`: the beginning of their addresses. */
  at: string
  /** The request itself. Its body is there for a page that takes uploads alone, and nobody has read it. */
  request: Request
  /** Aborted after 10 s, when the page counts as failed. */
  signal: AbortSignal
  /** What is wrong with what was typed, when the page is drawn again because of it. The page says so by itself. */
  issues: Issue[]
  /** What was typed, by the names of its controls: in a posted form, and when the page is drawn again. */
  typed: Record<string, string>
  /**
   * What was posted, as a `v.object` of texts, numbers, yes or no, choices and lists of text gives it. Throws `invalid_input`:
   * then the page is drawn again, with what was typed and what is wrong with it.
   */
  read<Schema extends GenericSchema>(schema: Schema): InferOutput<Schema>
  /** Labelled controls for such an object, as the settings of plugins have them, filled with `values`. A button is not among them. */
  controls(schema: GenericSchema, values?: object): Html
  /** A part that is read again when something happens: `plugin` when the plugin says so (`context.refresh()`), `lead` and `job` for any of them. */
  live(id: string, part: Part, on?: 'plugin' | 'lead' | 'job'): Html
  /** A moment, as “5 minutes ago”, and in full where somebody points at it. */
  time(at: string | Date): Html
}

/** What it answers: markup; markup under a title of its own; the way to another page of the admin; or a file to keep. */
export type PageAnswer =
  | Html
  | { body: Html; title?: string }
  /** As in `/deliveries/7`, below the plugin's pages, or `/admin/leads`. The notice is shown there, once. */
  | { to: string; notice?: string }
  /** `type` is a media type; browsers keep it under the name `file`, whatever it is. */
  | { file: string; type?: string; content: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> }

type Answers<Settings> = (call: PageCall, context: PluginContext<Settings>) => Promise<PageAnswer> | PageAnswer

/** A page that is looked at; it changes nothing. */
export interface DrawnPage<Settings> {
  title: string
  /** Stands in the navigation of the admin. */
  menu?: boolean
  /** Its picture there. */
  icon?: MenuIcon
  /** Who may see it: `settings:read` unless told, which every member has. */
  scope?: Scope
  draw: Answers<Settings>
}

/** What a form of a page is sent to. */
export interface PostedPage<Settings> {
  /** Who may send it: `settings:write` unless told, which admins and owners have. */
  scope?: Scope
  /** It takes files of any size: `run` reads the request as it comes, nothing is in `typed`, and it has a quarter of an hour. */
  uploads?: true
  /** Its form may have 2 MiB, as one with a line for each of a thousand columns; others have 64 KiB. */
  large?: true
  run: Answers<Settings>
}

/** Pages by their paths, as in `'GET /'` and `'POST /deliveries/:id/retry'`. */
export interface Pages<Settings> {
  [route: `GET /${string}`]: DrawnPage<Settings>
  [route: `POST /${string}`]: PostedPage<Settings>
}

/** Pictures that the navigation has for pages of plugins; a plug, unless told. */
export type MenuIcon =
  | 'chart'
  | 'form'
  | 'inbox'
  | 'mail'
  | 'people'
  | 'phone'
  | 'plug'
  | 'send'
  | 'tag'
  | 'upload'
  | 'webhook'

/** A page of a plugin in the navigation of the admin. */
export interface MenuPage {
  pluginId: string
  title: string
  /** Below the plugin's pages. */
  path: string
  icon: MenuIcon | undefined
}
