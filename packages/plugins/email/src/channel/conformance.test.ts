import { channelConformance } from '@leadnest/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { email } from '../index.ts'
import { startMailServer } from '../testing/mail-server.ts'

const mail = await startMailServer()
afterAll(() => mail.close())

const suite = channelConformance({
  plugin: email(),
  settings: (workspace) => ({
    smtpUrl: mail.url,
    from: `Ours <ours${workspace}@acme.example>`,
    hookSecret: `the-secret-of-workspace-${workspace}`,
  }),
  provider: {
    asked: mail.asked,
    behave: mail.behave,
    reset: mail.forget,
    accepted: () =>
      mail.received().map(({ messageId, text, from, envelope }) => ({
        providerId: messageId!,
        to: envelope.to.join(),
        from: from!.address!,
        // What the channel adds is not what was written.
        body: text!.split('\n\n-- \n')[0]!,
      })),
  },
})

describe('e-mail does what every channel has to do', () => {
  test('all of it', () => {
    expect(suite.length).toBeGreaterThanOrEqual(60)
  })
  test.each(suite)('$name', ({ run }) => run())
})
