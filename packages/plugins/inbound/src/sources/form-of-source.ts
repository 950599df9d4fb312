import { type Form, notFound, type PluginContext } from '@leadnest/core/plugin'
import type { InboundSource } from './source.ts'

/** Throws `not_found`. */
export async function formOfSource({ forms }: PluginContext, { formId }: Pick<InboundSource, 'formId'>): Promise<Form> {
  const form = await forms.get(formId)
  if (!form) throw notFound('form')
  return form
}
