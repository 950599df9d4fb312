import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { type Content, contentHash } from './content.ts'
import { readReceipt } from './read-receipt.ts'
import type { ReceiptCheck, ReceiptStatus } from './receipt.ts'

/** What became of a submission; nothing of what was sent. Throws `not_found`, for what is no id too. */
export async function findReceipt(core: Core, id: string): Promise<ReceiptStatus> {
  const [found] = isId(id)
    ? await core.forSubmission(id, (tx) =>
        tx.query<ReceiptStatus>(sql`select ${status} from submissions where id = ${id}`),
      )
    : []
  if (!found) throw notFound('receipt')
  return found
}

/**
 * Whether a receipt is one of ours, what became of its submission, and whether what is stored is still what it was given
 * for. Throws `invalid_input` with the reason, and `not_found` where it is right and its submission is not here.
 */
export async function checkReceipt(core: Core, receipt: string): Promise<ReceiptCheck> {
  const read = readReceipt(core.keyring.signer.publicKeys, receipt)
  if ('refusal' in read) throw invalid('receipt', `This is no receipt of ours. ${read.refusal}`)
  const { sub, form, status: answered, sha256 } = read.claims
  const [found] = await core.forSubmission(sub, (tx) =>
    tx.query<ReceiptStatus & Omit<Content, 'id' | 'test' | 'createdAt'> & { receiptSalt: Buffer | null }>(sql`
      select ${status}, form_id, form_version, fields, attribution, consents, receipt_salt
      from submissions where id = ${sub}`),
  )
  if (!found)
    throw new LeadNestError('not_found', 'The receipt is right, and the submission that it names is not here any more.')
  const { id, formId, formVersion, fields, attribution, consents, receiptSalt, test, at, erasedAt } = found
  const stored = { id, formId, formVersion, fields, attribution, consents, test, createdAt: at }
  const same = receiptSalt !== null && contentHash(receiptSalt, stored) === sha256
  return {
    id,
    formId: form,
    answered,
    status: found.status,
    test,
    at,
    erasedAt,
    content: erasedAt ? 'erased' : same ? 'unchanged' : 'changed',
  }
}

const status = sql`
  id, test, created_at as at, erased_at,
  case
    when erased_at is not null then 'erased'
    when lead_id is not null then 'lead_created'
    when verdict <> 'accepted' then 'held'
    else 'received'
  end as status`
