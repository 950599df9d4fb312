import { type Following, followingOf, type Tracking, trackingOf } from './events.ts'
import { type Forms, formsOf } from './forms.ts'
import { type Bulk, type Waiting, waitingOf } from './jobs.ts'
import { nouns } from './nouns.ts'
import { type CallOptions, type ClientOptions, createRequest } from './request.ts'
import { type Verb, type Verbs, verbsOf } from './verbs.ts'

/** A connected client; see {@link createLeadNest}. */
export type LeadNest = { [Noun in Exclude<keyof typeof nouns, 'leads'>]: Verbs<(typeof nouns)[Noun]> } & {
  leads: Omit<Verbs<typeof nouns.leads>, 'bulk'> & Tracking & { bulk: Bulk }
  events: Following
  jobs: Waiting
  forms: Forms
  /** Who the key belongs to, and what it may do. */
  me: Verb<'me ='>
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
  const entries = Object.entries(nouns).map(([name, noun]) => [name, verbsOf(noun, request)])
  const plain = Object.fromEntries(entries)
  return {
    ...plain,
    leads: Object.assign(plain.leads, trackingOf(request)),
    events: Object.assign(plain.events, followingOf(request)),
    jobs: Object.assign(plain.jobs, waitingOf(request)),
    forms: Object.assign(plain.forms, formsOf(request)),
    me: async (call?: CallOptions) => (await request('GET /v1/me', {}, call)).data,
  }
}
