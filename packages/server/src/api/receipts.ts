import { type Core, checkReceipt, findReceipt } from '@leadnest/core'
import { Hono } from 'hono'
import type { Mount } from '../http/endpoint.ts'
import type { Env } from '../http/env.ts'

export function receiptRoutes(mount: Mount) {
  mount('GET /v1/receipts/:id', async ({ core, params }) => findReceipt(core, params.id))

  mount('POST /v1/receipts/verify', async ({ core, body }) => checkReceipt(core, body.receipt))
}

/** `/.well-known/jwks.json`: the keys that receipts are checked with, for everybody. */
export function wellKnown({ keyring }: Core) {
  const keys = JSON.stringify({ keys: keyring.signer.jwks })
  return new Hono<Env>().get('/jwks.json', (c) =>
    c.body(keys, 200, {
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    }),
  )
}
