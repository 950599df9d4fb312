import { newId } from '@leadnest/core'
import { describe, expect, test } from 'vitest'
import type { TestServer } from '../../testing.ts'

/**
 * For each route: which kind of id its path takes, a body that is right but for ids, and where else an id may stand.
 * `none` says why there is nothing to try.
 */
export type Row = {
  path?: string
  body?: object
  inBody?: Record<string, string>
  query?: 'cursor' | 'after'
  inQuery?: Record<string, string>
  none?: string
}

/** A key of one workspace, and ids that are of another, by their kind. */
interface Two {
  server: TestServer
  key: string
  theirs: Record<string, string>
}

/** An answer but for what is new each time. */
const bare = ({ status, text, json }: Awaited<ReturnType<TestServer['request']>>) =>
  `${status} ${text.replaceAll(json?.requestId ?? '', '')}`

/** Tries every row of a matrix, keyed by its route; `two` is asked when the tests run. */
export function describeApartness(matrix: Record<string, Row>, two: () => Two): void {
  const rows = Object.entries(matrix)
  const send = (route: string, id: string, body?: object) => {
    const { server, key } = two()
    return server.request(route.replace(/:\w+/, id), { key, ...(body && { body }) })
  }

  describe("another workspace's id is answered as a random one:", () => {
    test.each(rows.filter(([, row]) => row.path))('%s', async (route, row) => {
      const foreign = await send(route, two().theirs[row.path!]!, row.body)
      expect(foreign.status).toBe(404)
      expect(bare(foreign)).toBe(bare(await send(route, newId(), row.body)))
    })

    test.each(
      rows.flatMap(([route, row]) =>
        Object.entries(row.inBody ?? {}).map(([field, kind]) => [route, field, kind, row.body] as const),
      ),
    )('%s, in the body as %s', async (route, field, kind, body) => {
      const { id } = (
        await two().server.request('POST /v1/leads', {
          key: two().key,
          body: { email: `${field}@example.com`.toLowerCase() },
        })
      ).json
      const [name, inList] = field.split('.') as [string, string?]
      const named = (ref: string) => ({ ...body, [name]: inList ? [ref] : ref })
      const foreign = await send(route, id, named(two().theirs[kind]!))
      expect(foreign.json).toMatchObject({ status: 422, code: 'unknown_reference', errors: [{ path: field }] })
      expect(bare(foreign)).toBe(bare(await send(route, id, named(newId()))))
    })

    test.each(
      rows.flatMap(([route, row]) =>
        Object.entries(row.inQuery ?? {}).map(([name, kind]) => [route, name, kind] as const),
      ),
    )('%s, in the query as %s', async (route, name, kind) => {
      const foreign = await two().server.request(`${route}?${name}=${two().theirs[kind]}`, { key: two().key })
      expect(foreign.json).toMatchObject({ status: 422, code: 'unknown_reference', errors: [{ path: name }] })
      expect(bare(foreign)).toBe(bare(await two().server.request(`${route}?${name}=${newId()}`, { key: two().key })))
    })

    test.each(rows.filter(([, row]) => row.query))('%s, by a cursor', async (route, { query }) => {
      const foreign = await two().server.request(`${route}?${query}=${encodeURIComponent(two().theirs[query!]!)}`, {
        key: two().key,
      })
      expect(foreign.json).toMatchObject({ status: 422, code: 'invalid_cursor' })
    })
  })
}
