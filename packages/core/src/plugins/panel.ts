import type { Scope } from '../accounts/account.ts'
import type { Form } from '../forms/form.ts'
import type { Lead } from '../leads/lead.ts'
import type { Html } from './html.ts'
import type { PageCall } from './page.ts'
import type { PluginContext } from './plugin-context.ts'

/** What every panel is told: who looks at it, and what it draws with, as a page is. */
export type PanelCall = Pick<PageCall, 'principal' | 'by' | 'at' | 'signal' | 'time'>

/** A part of a page that is ours. */
export interface Panel<Settings, About = unknown> {
  title: string
  /** Who may see it: `leads:read` unless told, which every member has. */
  scope?: Scope
  /** Nothing is no panel. */
  draw(call: PanelCall & About, context: PluginContext<Settings>): Promise<Html | undefined> | Html | undefined
}

type Some<Panel> = Panel | Panel[]

/** Panels by where they stand: on a lead's page, on a form's, and among the reports. */
export interface Panels<Settings> {
  lead?: Some<Panel<Settings, { lead: Lead }>>
  form?: Some<Panel<Settings, { form: Form }>>
  dashboard?: Some<Panel<Settings>>
}

/** One that was drawn; `body` is null where the plugin failed, and `fault` says so. */
export interface DrawnPanel {
  title: string
  body: Html | null
  fault: string | null
}
