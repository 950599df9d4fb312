import type { Endpoint } from '../endpoint.ts'
import { ReceiptCheck, ReceiptInput, ReceiptStatus } from './receipt.ts'

export const receiptEndpoints = {
  'GET /v1/receipts/:id': {
    summary: 'What became of a submission, by its id: received, held, lead created or erased',
    access: 'anyone',
    returns: ReceiptStatus,
    errors: ['not_found'],
  },
  'POST /v1/receipts/verify': {
    summary:
      'Whether a receipt is ours, what became of its submission, and whether what is stored is what it was given for',
    access: 'anyone',
    body: ReceiptInput,
    returns: ReceiptCheck,
    errors: ['not_found'],
  },
} as const satisfies Record<string, Endpoint>
