import { createHmac } from 'node:crypto'
import { fakeProvider, type ProviderRoute } from '@leadnest/core/testing'
import { testServer } from '../../../../server/src/testing.ts'
import { inbound } from '../index.ts'

/** A server with inbound on, its clock at a standstill, and Meta's Graph as `graph` answers. */
export async function openInbound(
  graph: ProviderRoute = () => ({ field_data: [] }),
  options: Parameters<typeof testServer>[0] = {},
) {
  const provider = fakeProvider({ 'GET https://graph.facebook.com/v24.0/:id': graph })
  const server = await testServer({
    plugins: [inbound()],
    outbound: provider.fetch,
    clock: '2027-03-01T09:00:00Z',
    ...options,
  })
  const key = await server.nest.key()
  const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
  return {
    ...server,
    key,
    provider,
    ask,
    async source(input: object) {
      const answer = await ask('POST /v1/inbound-sources', { name: 'Page', kind: 'json', form: 'contact', ...input })
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json as { id: string; url: string; secret: string; verifyToken: string | null }
    },
    /** Sends to a source as it is outside, and lets the jobs run. */
    async call({ url }: { url: string }, body: string | object, headers: Record<string, string> = {}) {
      const answer = await server.app.request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      await server.nest.settle()
      return { status: answer.status, json: await answer.json() }
    },
    calls: async ({ id }: { id: string }) => (await ask(`GET /v1/inbound-sources/${id}/calls`)).json.data,
    leads: async () => (await ask('GET /v1/leads')).json.data,
  }
}

export type OpenInbound = Awaited<ReturnType<typeof openInbound>>

export const bearer = ({ secret }: { secret: string }) => ({ authorization: `Bearer ${secret}` })
export const signed = (header: string, encoding: 'hex' | 'base64', { secret }: { secret: string }, body: string) => ({
  [header]: `sha256=${createHmac('sha256', secret).update(body).digest(encoding)}`,
})
