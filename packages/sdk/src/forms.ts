import type { PublishedForm, SubmissionInput } from './contract.ts'
import { type CallOptions, type ClientOptions, createRequest } from './request.ts'
import type { Request } from './verbs.ts'

/** What a form asks for, with the single-use token that a submission of it carries. */
export type FormWithToken = PublishedForm & { token: string | undefined }

export const formsOf = (request: Request) => ({
  /** What a form asks for, and a fresh `token` to submit it with. */
  async get(slug: string, call?: CallOptions): Promise<FormWithToken> {
    const { data, headers } = await request('GET /v1/forms/:slug', { params: { slug } }, call)
    return { ...data, token: headers.get('leadnest-form-token') ?? undefined }
  },

  /**
   * Sends a filled-in form; `held` is stored too, but waits for a person. Throws `invalid_input` with `errors`.
   *
   * @example
   * await leadnest.forms.submit('contact', { fields: { email: 'ada@example.com' } })
   */
  submit: async (slug: string, submission: SubmissionInput, call?: CallOptions) =>
    (await request('POST /v1/forms/:slug/submissions', { params: { slug }, body: submission }, call)).data,
})

/** A client of forms alone; see {@link createForms}. */
export type Forms = ReturnType<typeof formsOf>

/** Only `forms.get` and `forms.submit`: what a page needs, in half the size of the whole client. */
export const createForms = (options: ClientOptions) => formsOf(createRequest(options))
