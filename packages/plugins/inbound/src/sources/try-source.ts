import type { PluginContext } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { type Mapping, mapped } from '../payloads/mapping.ts'
import { readPayload } from '../payloads/read-payload.ts'
import { formOfSource } from './form-of-source.ts'
import type { InboundSource } from './source.ts'

export const InboundTestInput = v.strictObject({
  /** What a call would say; for Meta what its Graph answers about a lead. */
  sample: v.record(v.string(), v.unknown(), 'Send an object, as it would come.'),
})

/** What a call would become. */
export const InboundTest = v.object({
  form: v.string(),
  fields: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  attribution: v.record(v.string(), v.string()),
  /** What would be refused of it; nothing where it would be taken. */
  issues: v.array(v.object({ path: v.string(), message: v.string() })),
  /** All that it says, by the names that a mapping takes. */
  answers: v.array(
    v.object({ key: v.string(), label: v.string(), value: v.union([v.string(), v.number(), v.boolean()]) }),
  ),
})
export type InboundTest = v.InferOutput<typeof InboundTest>

/** What a sample would become by the source's mapping, or by another. Nothing is stored. */
export async function trySource(
  context: PluginContext,
  source: InboundSource,
  sample: Record<string, unknown>,
  mapping: Mapping = source.mapping,
): Promise<InboundTest> {
  const form = await formOfSource(context, source)
  // Meta's own answer about a lead may be pasted as it is.
  const body = source.kind === 'meta' && 'field_data' in sample ? { lead: sample } : sample
  const answers = readPayload(source.kind, body)
  const draft = mapped(form, mapping, answers)
  const issues = await context.submissions.check(form.id, draft)
  return {
    form: form.slug,
    fields: draft.fields as InboundTest['fields'],
    attribution: (draft.attribution ?? {}) as InboundTest['attribution'],
    issues,
    answers,
  }
}
