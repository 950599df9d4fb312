import type { Endpoint } from '../endpoint.ts'
import { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { PublishedForm } from './form.ts'

export const formEndpoints = {
  'GET /v1/forms/:slug': {
    summary: 'The form a widget draws; a fresh single-use token comes in the header LeadNest-Form-Token',
    access: 'form',
    returns: PublishedForm,
  },
  'POST /v1/forms/:slug/submissions': {
    summary: 'Submit a form, as the widget does',
    access: 'form',
    body: SubmissionInput,
    example: { fields: { email: 'ada@example.com', name: 'Ada Lovelace' }, attribution: { utmSource: 'newsletter' } },
    returns: SubmissionResult,
    status: 201,
    limit: 'submit',
    keepsAnswers: true,
  },
} as const satisfies Record<string, Endpoint>
