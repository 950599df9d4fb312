import { readyChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { readShape } from '../fields/shape.ts'
import { readLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { checkTemplate } from '../message-templates/liquid.ts'
import { templateFor } from '../message-templates/templates.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressFor } from '../suppressions/address.ts'
import { chooseSender } from './check-message.ts'
import { type Composed, compose } from './compose.ts'
import type { MessagePreview, PreviewInput } from './preview.ts'
import { isForbidden } from './sendable.ts'

/**
 * What a message would be: filled in, measured, and whether it may be sent. Nothing is stored. Throws `plugin_off`, `invalid_input`, and
 * `unknown_reference` at `leadId` or `template`.
 */
export async function previewMessage(core: Core, workspaceId: string, input: PreviewInput): Promise<MessagePreview> {
  const { channel, turn } = await readyChannel(core, workspaceId, input.channel)
  const { settings } = turn.context
  return core.inWorkspace(workspaceId, async (tx) => {
    const lead = input.leadId ? await leadFor(tx, workspaceId, input.leadId) : null
    const text = await textOf(core, tx, workspaceId, input, lead)
    const address = lead && addressFor(channel.id, lead)
    const sender = chooseSender(channel, settings, { asked: undefined, last: null })
    const about = { channel: channel.id, leadId: lead?.id ?? null, purpose: channel.purposeDefault ?? null, sender }
    const { cost = null, ...measured } = channel.measure(text.body, { media: input.media, settings })
    return {
      subject: channel.limits?.subject ? text.subject : null,
      body: text.body,
      ...measured,
      cost,
      address,
      suppressed: address !== null && (await isForbidden(core, tx, workspaceId, { ...about, address })),
    }
  })
}

async function leadFor(tx: Tx, workspaceId: string, id: string): Promise<Lead> {
  try {
    return await readLead(tx, workspaceId, id)
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'not_found')
      throw unknownReference('leadId', 'There is no such lead.')
    throw error
  }
}

async function textOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, body, template, templateBody }: PreviewInput,
  lead: Lead | null,
): Promise<Composed> {
  if (template) return compose(core, tx, workspaceId, await templateFor(tx, workspaceId, template, channel), lead)
  if (templateBody === undefined) return { subject: null, body: body! }
  await checkTemplate(templateBody, await readShape(tx, workspaceId), 'templateBody')
  return compose(core, tx, workspaceId, { subject: null, body: templateBody }, lead)
}
