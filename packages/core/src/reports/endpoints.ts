import type { Endpoint } from '../endpoint.ts'
import { LeadSpeed, SpeedQuery, SpeedReport } from './speed.ts'

export const reportEndpoints = {
  'GET /v1/reports/speed-to-lead': {
    summary: 'How soon people act on what comes in: by owner, by form and by day',
    access: 'leads:read',
    query: SpeedQuery,
    returns: SpeedReport,
  },
  'GET /v1/leads/:id/speed': {
    summary: 'How soon people acted on what a lead sent: its newest 100 submissions',
    access: 'leads:read',
    returns: LeadSpeed,
  },
} as const satisfies Record<string, Endpoint>
