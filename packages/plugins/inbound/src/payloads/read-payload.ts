import type { Kind } from '../sources/source.ts'
import { type Answer, answersIn, isObject, isScalar, listOf } from './answers.ts'

/** What a call says, by names that can be mapped. */
export const readPayload = (kind: Kind, body: unknown): Answer[] => readers[kind](isObject(body) ? body : {})

const readers: Record<Kind, (body: Record<string, unknown>) => Answer[]> = {
  json: (body) => answersIn(body),
  typeform: readTypeform,
  meta: readMeta,
}

/** https://www.typeform.com/developers/webhooks/example-payload/ */
function readTypeform({ form_response }: Record<string, unknown>): Answer[] {
  const response = isObject(form_response) ? form_response : {}
  const asked = isObject(response.definition) ? listOf(response.definition.fields) : []
  const titles = new Map(asked.map(({ ref, title }) => [ref, String(title ?? ref)]))
  const answers = listOf(response.answers).flatMap((answer): Answer[] => {
    const field = isObject(answer.field) ? answer.field : {}
    const key = String(field.ref ?? field.id ?? '')
    const value = saidIn(answer[String(answer.type)])
    return key && value !== undefined ? [{ key, label: titles.get(key) ?? key, value }] : []
  })
  return [...answers, ...answersIn({ hidden: response.hidden, calculated: response.calculated })]
}

/** A choice has a label, several have labels; `other` is what somebody wrote instead. */
function saidIn(said: unknown): Answer['value'] | undefined {
  if (isScalar(said)) return said
  if (!isObject(said)) return undefined
  const chosen = [said.label, ...(Array.isArray(said.labels) ? said.labels : []), said.other].filter(isScalar)
  return chosen.length > 0 ? chosen.join(', ') : undefined
}

/** The lead as Meta's Graph gives it: https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving */
function readMeta({ lead }: Record<string, unknown>): Answer[] {
  const given = isObject(lead) ? lead : {}
  const answers = listOf(given.field_data).flatMap(({ name, values }): Answer[] => {
    const said = Array.isArray(values) ? values.filter(isScalar) : []
    return typeof name === 'string' && said.length > 0 ? [{ key: name, label: name, value: said.join(', ') }] : []
  })
  const { field_data: _, ...rest } = given
  return [...answers, ...answersIn({ meta: rest })]
}
