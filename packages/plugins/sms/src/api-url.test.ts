import { createLead, sendMessage } from '@leadnest/core'
import { testNest } from '@leadnest/core/testing'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sms } from './index.ts'
import { twilioForTests, twilioHandlers } from './testing.ts'

const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
const twilio = twilioForTests()
const server = setupServer(
  ...(twilioHandlers({ http }, twilio, 'http://proxy.example:4010/twilio') as Parameters<typeof setupServer>),
  http.all('https://api.twilio.com/*', () => HttpResponse.json({}, { status: 500 })),
)
beforeAll(() => server.listen())
afterAll(() => {
  server.close()
  vi.unstubAllEnvs()
})

test('Twilio’s own client sends to TWILIO_API_URL, and says where to tell', async () => {
  vi.stubEnv('TWILIO_API_URL', 'http://proxy.example:4010/twilio')
  const settings = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'a token', senders: ['+15005550006'] }
  const nest = await testNest({ plugins: [sms()], settings: { sms: settings } })
  try {
    const { result } = await createLead(nest, nest.workspaceId, { phone: '+14155550100' }, by)
    const { id } = await sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'Hi', leadId: result.id }, by)
    await nest.settle()
    expect(twilio.messages).toMatchObject([
      {
        to: '+14155550100',
        body: 'Hi',
        token: 'a token',
        callback: `http://localhost:3000/plugins/sms/twilio/status?message=${id}&sender=%2B15005550006`,
      },
    ])
  } finally {
    await nest.close()
  }
})
