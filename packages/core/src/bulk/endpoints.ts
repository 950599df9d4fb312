import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Job } from '../jobs/job.ts'
import { BulkInput, BulkPreview } from './bulk.ts'

export const bulkEndpoints = {
  'POST /v1/leads/bulk': {
    summary:
      'Tag, assign, move, delete, merge or erase many leads, or let a plugin work on them, by a job (202); with dryRun say how many they are (200)',
    access: 'leads:write',
    body: BulkInput,
    bodyLimit: 1024 * 1024,
    returns: v.union([Job, BulkPreview]),
    status: 202,
    otherStatuses: [200],
    errors: ['plugin_off', 'unknown_reference'],
  },
} as const satisfies Record<string, Endpoint>
