import type { Endpoint } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { InboundCall, InboundCallPage, InboundCallQuery } from './calls/call.ts'
import {
  InboundSource,
  InboundSourceInput,
  InboundSourcePage,
  InboundSourcePatch,
  NewInboundSource,
} from './sources/source.ts'
import { InboundTest, InboundTestInput } from './sources/try-source.ts'

/** The routes that the plugin adds to the API. */
export const endpoints = {
  'GET /v1/inbound-sources': {
    summary: 'What calls, and becomes submissions, the oldest first',
    access: 'settings:read',
    returns: InboundSourcePage,
  },
  'POST /v1/inbound-sources': {
    summary: 'Let something call; its secret is shown now and never again',
    access: 'settings:write',
    body: InboundSourceInput,
    returns: NewInboundSource,
    status: 201,
    showsSecret: true,
    errors: ['unknown_reference'],
    example: { name: 'Landing page', kind: 'json', form: 'contact', mapping: { email: 'contact.email' } },
  },
  'GET /v1/inbound-sources/:id': {
    summary: 'One source',
    access: 'settings:read',
    returns: InboundSource,
  },
  'PATCH /v1/inbound-sources/:id': {
    summary: 'Change a source, or turn it off: its calls are answered 403 then',
    access: 'settings:write',
    body: InboundSourcePatch,
    returns: InboundSource,
    errors: ['unknown_reference'],
    example: { mapping: { email: 'work_email', name: 'full_name' } },
  },
  'DELETE /v1/inbound-sources/:id': {
    summary: 'Remove a source with its log',
    access: 'settings:write',
    returns: v.null(),
    status: 204,
  },
  'POST /v1/inbound-sources/:id/test': {
    summary: 'What a call would become, and what would be refused of it; nothing is stored',
    access: 'settings:read',
    body: InboundTestInput,
    returns: InboundTest,
    example: { sample: { contact: { email: 'ada@example.com' } } },
  },
  'GET /v1/inbound-sources/:id/calls': {
    summary: 'The calls of the last 30 days, newest first',
    access: 'settings:read',
    query: InboundCallQuery,
    returns: InboundCallPage,
  },
  'POST /v1/inbound-calls/:id/replay': {
    summary: 'Try again what became of a call that was refused',
    access: 'settings:write',
    returns: InboundCall,
  },
} as const satisfies Record<string, Endpoint>

export type * from './calls/call.ts'
export type * from './sources/source.ts'
