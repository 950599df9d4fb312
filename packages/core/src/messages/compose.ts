import type { Core } from '../core.ts'
import type { Lead } from '../leads/lead.ts'
import { fillIn, hiddenLink } from '../message-templates/liquid.ts'
import type { MessageTemplate } from '../message-templates/template.ts'
import { valuesFor } from '../message-templates/values.ts'
import type { Tx } from '../postgres/transaction.ts'

export interface Composed {
  subject: string | null
  body: string
}

/**
 * What a template says to a lead. The link to their own page stands in it only where it is handed in: whoever reads what is stored
 * sees a sign for it. Throws `invalid_input` at `template`.
 */
export async function compose(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { subject, body }: Pick<MessageTemplate, 'subject' | 'body'>,
  lead: Parameters<typeof valuesFor>[2] | Lead,
  link = hiddenLink(core.publicBaseUrl),
): Promise<Composed> {
  const values = await valuesFor(tx, workspaceId, lead, link)
  return {
    subject: subject && (await fillIn(subject, values, 'template')),
    body: await fillIn(body, values, 'template'),
  }
}
