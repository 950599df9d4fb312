import type { Endpoint } from '@leadnest/core/plugin'
import * as v from 'valibot'
import {
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
} from './deliveries/delivery.ts'
import { Replay, ReplayInput } from './deliveries/replay.ts'
import {
  NewWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointInput,
  WebhookEndpointPage,
  WebhookEndpointPatch,
} from './endpoints/endpoint.ts'

const refusals = ['address_refused', 'unknown_reference'] as const

/** The routes that the plugin adds to the API. */
export const endpoints = {
  'GET /v1/webhook-endpoints': {
    summary: 'Where webhooks go, the oldest first',
    access: 'settings:read',
    returns: WebhookEndpointPage,
  },
  'POST /v1/webhook-endpoints': {
    summary: 'Send webhooks somewhere; its secret is shown now and never again',
    access: 'settings:write',
    body: WebhookEndpointInput,
    returns: NewWebhookEndpoint,
    status: 201,
    showsSecret: true,
    errors: refusals,
    example: { url: 'https://app.example.com/webhooks', types: ['lead.*'] },
  },
  'GET /v1/webhook-endpoints/:id': {
    summary: 'One endpoint: what it is told of, and how it fares',
    access: 'settings:read',
    returns: WebhookEndpoint,
  },
  'PATCH /v1/webhook-endpoints/:id': {
    summary:
      'Change an endpoint, or turn it off; what waits for it ends then. At another origin, headers that are not given again go',
    access: 'settings:write',
    body: WebhookEndpointPatch,
    returns: WebhookEndpoint,
    errors: refusals,
    example: { types: ['lead.updated'], changed: ['stage'] },
  },
  'DELETE /v1/webhook-endpoints/:id': {
    summary: 'Remove an endpoint with its log',
    access: 'settings:write',
    returns: v.null(),
    status: 204,
  },
  'POST /v1/webhook-endpoints/:id/rotate-secret': {
    summary: 'A new secret, shown once; for 24 hours everything is also signed with the one that it replaces',
    access: 'settings:write',
    returns: NewWebhookEndpoint,
    showsSecret: true,
  },
  'POST /v1/webhook-endpoints/:id/test': {
    summary: 'Send a message that tells of nothing, once and now, and say what came of it',
    access: 'settings:write',
    returns: WebhookDeliveryDetail,
  },
  'POST /v1/webhook-endpoints/:id/enable': {
    summary: 'Turn an endpoint on again; its failures are forgotten, and what happened meanwhile can be replayed',
    access: 'settings:write',
    returns: WebhookEndpoint,
    errors: refusals,
  },
  'GET /v1/webhook-endpoints/:id/deliveries': {
    summary: 'What an endpoint was told in the last 30 days, newest first',
    access: 'settings:read',
    query: WebhookDeliveryQuery,
    returns: WebhookDeliveryPage,
  },
  'POST /v1/webhook-endpoints/:id/replay': {
    summary: 'Tell an endpoint again of what happened between two moments, by a job; each message has its old id',
    access: 'settings:write',
    body: ReplayInput,
    returns: Replay,
    status: 202,
    example: { from: '2027-01-31T00:00:00Z', to: '2027-02-01T00:00:00Z' },
  },
  'GET /v1/webhook-deliveries/:id': {
    summary: 'One delivery, with what was sent and what was answered to each try',
    access: 'settings:read',
    returns: WebhookDeliveryDetail,
  },
  'POST /v1/webhook-deliveries/:id/retry': {
    summary: 'Try a delivery again now',
    access: 'settings:write',
    returns: WebhookDelivery,
  },
} as const satisfies Record<string, Endpoint>

export type * from './deliveries/delivery.ts'
export type * from './endpoints/endpoint.ts'
export type { Message as WebhookMessage } from './message.ts'
