import * as v from 'valibot'
import { checkGiven } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { type Issue, LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { checkFields } from '../forms/check-fields.ts'
import { findForm } from '../forms/find-form.ts'
import { fingerprintOf } from '../idempotency/records.ts'
import { captureLead } from '../leads/capture-lead.ts'
import { parse } from '../parse.ts'
import { getSubmission } from '../submissions/list-submissions.ts'
import { SubmissionInput } from '../submissions/submission.ts'
import type { SubmissionPowers } from './plugin-context.ts'

const Draft = v.pick(SubmissionInput, ['fields', 'attribution', 'consents', 'test'])

/** What a plugin sends on forms of a workspace, in this name; `may` says whether it may. */
export const submissionPowers = (
  core: Core,
  workspaceId: string,
  pluginId: string,
  { actor, source }: By,
  may: () => void,
): SubmissionPowers => ({
  async create(form, input, { key }) {
    may()
    const found = await findForm(core, form, workspaceId)
    const { result } = await captureLead(core, found, parse(Draft, input), {
      trusted: true,
      actor,
      source,
      idempotency: { scope: `plugin ${pluginId}`, key, fingerprint: fingerprintOf(key) },
    })
    return { ...result, leadId: (await getSubmission(core, workspaceId, result.id)).leadId }
  },
  async check(form, input) {
    may()
    const { form: asked } = await findForm(core, form, workspaceId)
    try {
      const draft = parse(Draft, input)
      checkFields(asked, draft.fields)
      await checkGiven(core, workspaceId, asked, draft.consents, core.now())
      return []
    } catch (error) {
      if (error instanceof LeadNestError) return refusalsOf(error)
      throw error
    }
  },
})

const refusalsOf = ({ issues, message }: LeadNestError): Issue[] =>
  issues.length > 0 ? [...issues] : [{ path: '', message }]
