import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'

/** What a receiver was sent. */
export interface Received {
  id: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

/** `cut`: the connection breaks after this much of the answer. */
type Plain = number | { status?: number; headers?: Record<string, string>; body?: string; cut?: boolean }
type Answer = Plain | (() => Promise<Plain>)

/** A server that takes webhooks: answers 200, or what `answers` say in their turn, and the last of them from then on. */
export async function startReceiver(answers: (Answer | 'never')[] = []) {
  const received: Received[] = []
  const connections = { open: 0, most: 0 }
  let left = answers
  const open = new Set<ServerResponse>()
  const server = createServer(async (request, response) => {
    connections.most = Math.max(connections.most, ++connections.open)
    open.add(response)
    response.on('close', () => {
      connections.open--
      open.delete(response)
    })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({
      id: String(request.headers['webhook-id']),
      path: request.url!,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    })
    const next = left.length > 1 ? left.shift()! : (left[0] ?? 200)
    if (next === 'never') return
    const answer = typeof next === 'function' ? await next() : next
    const { status = 200, headers = {}, body = '', cut } = typeof answer === 'number' ? { status: answer } : answer
    response.writeHead(status, headers)
    if (cut) response.write(body, () => response.destroy())
    else response.end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    connections,
    /** From now on. */
    answer: (...answers: (Answer | 'never')[]) => void (left = answers),
    types: () => received.map(({ body }) => JSON.parse(body).type as string),
    close: async () => {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** What the oracle makes of a message, at the time at which it was sent. Throws where its signature does not hold. */
export function verify(secret: string, { body, headers }: Received, at: Date) {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(at.getTime())
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as {
      type: string
      timestamp: string
      // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
      data: any
    }
  } finally {
    clock.mockRestore()
  }
}
