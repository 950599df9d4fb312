import { type Following, followingOf, type Tracking, trackingOf } from './events.ts'
import { type Forms, formsOf } from './forms.ts'
import { type Bulk, type Importing, importingOf, type Waiting, waitingOf } from './jobs.ts'
import type { MakingKeys } from './keys.ts'
import { nouns, type tables } from './nouns.ts'
import { type ClientOptions, createRequest } from './request.ts'
import { type Request, type Verb, type Verbs, verbOf, verbsOf } from './verbs.ts'

type Tables = { [Noun in keyof typeof tables]: Verbs<Noun, (typeof tables)[Noun]> }

/** A connected client; see {@link createLeadNest}. */
export type LeadNest = Omit<Tables, 'leads' | 'apiKeys'> & {
  apiKeys: Omit<Tables['apiKeys'], 'create'> & MakingKeys
  leads: Omit<Tables['leads'], 'bulk'> & Tracking & { bulk: Bulk }
  events: Following
  jobs: Waiting
  imports: Importing
  forms: Forms
  /** Who the key belongs to, and what it may do. */
  me: Verb<'me', '='>
}

/** What is more than a route. */
const powers: Record<string, (request: Request) => object> = {
  leads: trackingOf,
  events: followingOf,
  jobs: waitingOf,
  imports: importingOf,
  forms: formsOf,
}

/**
 * Connects to a LeadNest server; sends nothing until a method is called, keeps nothing, logs nothing.
 *
 * @example
 * const leadnest = createLeadNest({ url: 'https://leads.example.com', key: process.env.LEADNEST_KEY })
 * const lead = await leadnest.leads.create({ email: 'ada@example.com' })
 */
export function createLeadNest(options: ClientOptions): LeadNest {
  const request = createRequest(options)
  const client: Record<string, object> = { me: verbOf('me', '=', request) }
  for (const noun in nouns) client[noun] = { ...verbsOf(noun, nouns[noun]!, request), ...powers[noun]?.(request) }
  return client as object as LeadNest
}
