import { createOutbound } from '../../../../core/src/outbound/outbound.ts'
import type { Sql } from '../../../../core/src/postgres/sql.ts'
import { testServer } from '../../../../server/src/testing.ts'
import { webhooks } from '../index.ts'
import { type Receiver, startReceiver } from './receiver.ts'

/** A server with webhooks on that may send to this machine, its clock at a standstill. */
export async function openWebhooks(options: Parameters<typeof testServer>[0] = {}) {
  const server = await testServer({
    plugins: [webhooks()],
    outbound: createOutbound({ allow: ['127.0.0.0/8'] }),
    clock: new Date(),
    ...options,
  })
  const key = await server.nest.key()
  const receivers: Receiver[] = []
  const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
  return {
    ...server,
    key,
    ask,
    /** What the tables of the workspace say. */
    inside: <Row = object>(statement: Sql) =>
      server.nest.inWorkspace(server.nest.workspaceId, (tx) => tx.query<Row>(statement)),
    async receiver(...answers: Parameters<typeof startReceiver>[0] & object) {
      const receiver = await startReceiver(answers)
      receivers.push(receiver)
      return receiver
    },
    /** Makes an endpoint for a receiver, and gives it with its secret. */
    async endpoint({ url }: { url: string }, input: object = {}) {
      const answer = await ask('POST /v1/webhook-endpoints', { url, ...input })
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json as { id: string; secret: string }
    },
    deliveries: async (id: string, query = '') =>
      (await ask(`GET /v1/webhook-endpoints/${id}/deliveries${query}`)).json.data,
    async close() {
      await Promise.all(receivers.map((receiver) => receiver.close()))
      await server.close()
    },
  }
}

export type OpenWebhooks = Awaited<ReturnType<typeof openWebhooks>>
