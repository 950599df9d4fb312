import { newId, Scope } from '@leadnest/core'
import { contract, type Endpoint } from '@leadnest/core/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
/** One key for each scope, that has this one and no other. */
const only: Record<string, string> = {}
let publishable: string
const routes = Object.entries(contract as Record<string, Endpoint>)
const isScope = (access: string): access is Scope => Scope.options.includes(access as Scope)

beforeAll(async () => {
  server = await testServer()
  for (const scope of Scope.options) only[scope] = await server.nest.key({ scopes: [scope] })
  publishable = await server.nest.key({ kind: 'publishable' })
})
afterAll(() => server.close())

/** Not right in any way but its credential. */
const send = (route: string, key?: string) =>
  server.request(route.replaceAll(/:\w+/g, newId()), {
    ...(key && { key }),
    ...(!route.startsWith('GET') && { body: {} }),
  })

describe('a key does what its scope says, and nothing else:', () => {
  test.each(routes.filter(([, { access }]) => isScope(access)))(
    '%s',
    async (route, { access }) => {
      for (const scope of Scope.options) {
        // What is let in to a stream stays; that is tried in events.test.ts.
        if (scope === access && route.endsWith('/stream')) continue
        const { json } = await send(route, only[scope])
        if (scope !== access) expect([scope, json]).toEqual([scope, expect.objectContaining({ code: 'forbidden' })])
        else
          expect([scope, String(json?.code)]).toEqual([scope, expect.not.stringMatching(/forbidden|unauthenticated/)])
      }
    },
    20_000,
  )
})

test.each(routes.filter(([, { access }]) => access !== 'anyone' && access !== 'form'))(
  'without a credential %s is refused',
  async (route) => {
    expect((await send(route)).json).toMatchObject({ status: 401, code: 'unauthenticated' })
  },
)

/** A form's definition, sending it, uploading to it, counting its steps. */
const open = /^(GET \/v1\/forms\/:slug|POST \/v1\/forms\/:slug\/(submissions|uploads|steps))$/

test.each(routes.filter(([, { access }]) => access !== 'anyone'))(
  'a publishable key may %s only if it is of a form',
  async (route) => {
    const { json } = await send(route, publishable)
    if (open.test(route)) expect(json.code).toMatch(/^(not_found|invalid_input)$/)
    else expect(json).toMatchObject({ status: 403, code: 'forbidden' })
  },
)
