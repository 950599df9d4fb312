import type { Args, Lead, LeadInput, PublishedForm, Result, Route, SubmissionInput } from '@leadnest/core/contract'
import { type CallOptions, type ClientOptions, createRequest } from './request.ts'

type Query<R extends Route> = Args<R> extends { query: infer Q } ? Q : never

/** What a form asks for, with the single-use token that a submission of it carries. */
export type FormWithToken = PublishedForm & { token: string | null }

/** A connected client; see {@link createLeadNest}. */
export type LeadNest = ReturnType<typeof createLeadNest>

/**
 * Connects to a LeadNest server; sends nothing until a method is called, keeps nothing, logs nothing.
 *
 * @example
 * const leadnest = createLeadNest({ url: 'https://leads.example.com', key: process.env.LEADNEST_KEY })
 * const lead = await leadnest.leads.create({ email: 'ada@example.com' })
 */
export function createLeadNest(options: ClientOptions) {
  const request = createRequest(options)
  const ask = async <R extends Route>(route: R, args: Args<R>, call?: CallOptions): Promise<Result<R>> =>
    (await request(route, args, call)).data

  return {
    leads: {
      /** Creates a lead, or updates the one with this identity: what is named is overwritten, `null` clears. */
      create: (lead: LeadInput, call?: CallOptions) => ask('POST /v1/leads', { body: lead }, call),

      /** One lead by its id; throws `not_found` where there is none. */
      get: (id: string, call?: CallOptions) => ask('GET /v1/leads/:id', { params: { id } }, call),

      /** One page of leads, newest first, 50 unless `limit` (1 to 200) says otherwise; `q` searches. */
      list: (query: Query<'GET /v1/leads'> = {}, call?: CallOptions) => ask('GET /v1/leads', { query }, call),

      /**
       * Every lead that matches, fetched page by page while you read.
       *
       * @example
       * for await (const lead of leadnest.leads.each({ q: 'ada' })) console.log(lead.email)
       */
      async *each(query: Query<'GET /v1/leads'> = {}, call?: CallOptions): AsyncGenerator<Lead, void> {
        for (let cursor = query.cursor; ; ) {
          const page = await ask('GET /v1/leads', { query: { ...query, cursor } }, call)
          yield* page.data
          if (!page.nextCursor) return
          cursor = page.nextCursor
        }
      },

      /** One page of what happened to a lead, newest first. */
      timeline: (id: string, query: Query<'GET /v1/leads/:id/timeline'> = {}, call?: CallOptions) =>
        ask('GET /v1/leads/:id/timeline', { params: { id }, query }, call),
    },

    forms: {
      /** What a form asks for, and a fresh `token` to submit it with. */
      async get(slug: string, call?: CallOptions): Promise<FormWithToken> {
        const { data, headers } = await request('GET /v1/forms/:slug', { params: { slug } }, call)
        return { ...data, token: headers.get('leadnest-form-token') }
      },

      /**
       * Sends a filled-in form; `held` is stored too, but waits for a person. Throws `invalid_input` with `errors`.
       *
       * @example
       * await leadnest.forms.submit('contact', { fields: { email: 'ada@example.com' } })
       */
      submit: (slug: string, submission: SubmissionInput, call?: CallOptions) =>
        ask('POST /v1/forms/:slug/submissions', { params: { slug }, body: submission }, call),
    },

    /** Who the key belongs to, and what it may do. */
    me: (call?: CallOptions) => ask('GET /v1/me', {}, call),

    workspaces: {
      /** Creates a workspace; whoever asks becomes its owner. */
      create: (workspace: Args<'POST /v1/workspaces'>['body'], call?: CallOptions) =>
        ask('POST /v1/workspaces', { body: workspace }, call),
    },
  }
}
