import { contactForm } from '@leadnest/core'
import { origin, type TestServer } from '../../testing.ts'

/** What somebody sends beside the answers, and from where. */
export interface Sent {
  fields: Record<string, string>
  token?: string | undefined
  trap?: string
  proof?: string
}

export const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** A form of its own for each kind of visitor, so that none stands in the others' light; and ways to fill it in. */
export function visitorsOf(server: TestServer) {
  let forms = 0

  async function openForm(spam: object = {}): Promise<string> {
    const body = { ...contactForm, slug: `visited-${++forms}`, spam }
    const { status, json } = await server.request('POST /v1/forms', { key: await server.nest.key(), body })
    if (status !== 201) throw new Error(JSON.stringify(json))
    return json.id
  }

  const fetchToken = async (form: string) =>
    (await server.request(`GET /v1/forms/${form}`)).headers.get('leadnest-form-token')!

  async function send(
    form: string,
    body: Sent,
    { from, agent = browser, headers = {} }: { from?: string; agent?: string; headers?: Record<string, string> } = {},
  ) {
    const { status, json } = await server.request(`POST /v1/forms/${form}/submissions`, {
      headers: { origin, 'user-agent': agent, ...headers },
      body,
      ...(from && { from }),
    })
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(json)}`)
    return json as { id: string; status: 'accepted' | 'held' }
  }

  return { openForm, fetchToken, send }
}

/** The same numbers each time (mulberry32). */
export function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (most: number) => Math.floor(next() * most)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  return {
    below,
    pick,
    some: <T>(items: readonly T[], count: number) => Array.from({ length: count }, () => pick(items)),
  }
}
