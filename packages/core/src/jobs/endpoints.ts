import type { Endpoint } from '../endpoint.ts'
import { page } from '../endpoint.ts'
import { Job, JobQuery } from './job.ts'

export const jobEndpoints = {
  'GET /v1/jobs': {
    summary: 'Jobs of the last 30 days, newest first',
    access: 'leads:read',
    query: JobQuery,
    returns: page(Job),
  },
  'GET /v1/jobs/:id': {
    summary: 'One job, with its progress and what came of it',
    access: 'leads:read',
    returns: Job,
  },
  'POST /v1/jobs/:id/cancel': {
    summary: 'End a job; what it has changed stays, and can be undone',
    access: 'leads:write',
    returns: Job,
    errors: ['job_finished'],
  },
  'POST /v1/jobs/:id/undo': {
    summary: 'Take back what a job changed and nobody has changed since, for 30 days; that is a job too',
    access: 'leads:write',
    returns: Job,
    status: 202,
    errors: ['undo_not_possible'],
  },
} as const satisfies Record<string, Endpoint>
