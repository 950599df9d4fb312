import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { Pipeline, PipelineInput } from './pipeline.ts'

export const pipelineEndpoints = {
  'GET /v1/pipelines': {
    summary: 'Every pipeline with its stages, in their order',
    access: 'leads:read',
    returns: v.object({ data: v.array(Pipeline), nextCursor: v.null() }),
  },
  'POST /v1/pipelines': {
    summary: 'Add a pipeline',
    access: 'settings:write',
    body: PipelineInput,
    returns: Pipeline,
    status: 201,
    errors: ['name_taken'],
  },
  'PATCH /v1/pipelines/:id': {
    summary: 'Replace a pipeline: its name and its stages in their order; leads stay in stages that are named',
    access: 'settings:write',
    body: PipelineInput,
    returns: Pipeline,
    errors: ['name_taken', 'stage_in_use'],
  },
  'DELETE /v1/pipelines/:id': {
    summary: 'Delete a pipeline without leads',
    access: 'settings:write',
    returns: v.null(),
    status: 204,
    errors: ['stage_in_use'],
  },
} as const satisfies Record<string, Endpoint>
