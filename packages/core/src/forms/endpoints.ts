import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { SubmissionInput, SubmissionResult } from '../submissions/submission.ts'
import { Form, FormPatch, NewForm, PublishedForm } from './form.ts'

export const formEndpoints = {
  'GET /v1/forms': {
    summary: 'Every form of the workspace with its settings, the oldest first',
    access: 'forms:read',
    returns: v.object({ data: v.array(Form), nextCursor: v.null() }),
  },
  'POST /v1/forms': {
    summary: 'Make a form; what it asks beyond the columns of a lead becomes a field of the workspace',
    access: 'forms:write',
    body: NewForm,
    example: {
      slug: 'trial',
      name: 'Free trial',
      fields: [{ name: 'email', type: 'email', label: 'E-mail', required: true }],
    },
    returns: Form,
    status: 201,
    errors: ['name_taken'],
  },
  'GET /v1/forms/:id/definition': {
    summary: 'A form with its settings',
    access: 'forms:read',
    returns: Form,
  },
  'PATCH /v1/forms/:slug': {
    summary: 'Change what a form asks, says and allows; pages show it within a second',
    access: 'forms:write',
    body: FormPatch,
    example: { minFillSeconds: 3, origins: ['https://www.example.com'] },
    returns: Form,
  },
  'GET /v1/forms/:slug': {
    summary: 'The form a widget draws; a fresh single-use token comes in the header LeadNest-Form-Token',
    access: 'form',
    returns: PublishedForm,
    otherStatuses: [304],
    reads: ['If-None-Match'],
    tells: ['ETag', 'LeadNest-Form-Token'],
  },
  'POST /v1/forms/:slug/submissions': {
    summary: 'Submit a form, as the widget does',
    access: 'form',
    body: SubmissionInput,
    example: { fields: { email: 'ada@example.com', name: 'Ada Lovelace' }, attribution: { utmSource: 'newsletter' } },
    returns: SubmissionResult,
    status: 201,
    errors: ['unknown_reference'],
    limit: 'submit',
    keepsAnswers: true,
  },
} as const satisfies Record<string, Endpoint>
