import { createOutbound } from '../../../../core/src/outbound/outbound.ts'
import { testServer } from '../../../../server/src/testing.ts'
import { email } from '../index.ts'
import { hookName } from '../settings.ts'
import { startMailServer } from './mail-server.ts'

export const hookSecret = 'a-secret-of-the-hook'

/** A server with e-mail on, beside a mail server, its clock at a standstill. */
export async function openEmail(
  settings: Record<string, unknown> = {},
  options: Parameters<typeof testServer>[0] = {},
) {
  const mail = await startMailServer()
  const server = await testServer({
    plugins: [email()],
    outbound: createOutbound({ allow: ['127.0.0.0/8'] }),
    clock: '2027-03-01T09:00:00Z',
    // The operator's own server: links to new passwords go by no other.
    environment: { SMTP_URL: mail.url, MAIL_FROM: 'Acme <hello@acme.example>' },
    ...options,
  })
  const key = await server.nest.key()
  const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
  const all = { smtpUrl: mail.url, from: 'Acme <hello@acme.example>', hookSecret, ...settings }
  const set = await ask('PATCH /v1/plugins/email', { settings: all })
  if (set.status !== 200) throw new Error(set.text)
  const hook = (body: string | object, headers: Record<string, string> = {}) =>
    server.app.request(`http://localhost/plugins/email/hooks/${hookName({ from: String(all.from) })}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${hookSecret}`,
        'content-type': typeof body === 'string' ? 'message/rfc822' : 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...server,
    key,
    mail,
    ask,
    async lead(input: object = { email: 'ada@example.com', name: 'Ada' }): Promise<string> {
      return (await ask('POST /v1/leads', input)).json.id
    },
    /** Writes to a lead, and lets it leave. */
    async write(leadId: string, message: object = {}) {
      const answer = await ask(`POST /v1/leads/${leadId}/messages`, { channel: 'email', body: 'Hello.', ...message })
      await server.nest.settle()
      return answer.json as { id: string; code?: string }
    },
    message: async (id: string) => (await ask(`GET /v1/messages/${id}`)).json,
    hook: async (...given: Parameters<typeof hook>) => {
      const answer = await hook(...given)
      return { status: answer.status, json: await answer.json() }
    },
    async close() {
      await server.close()
      await mail.close()
    },
  }
}

export type OpenEmail = Awaited<ReturnType<typeof openEmail>>
