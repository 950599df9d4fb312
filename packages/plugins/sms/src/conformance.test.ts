import { channelConformance } from '@leadnest/core/testing'
import { test } from 'vitest'
import { sms } from './index.ts'
import { twilioForTests } from './testing.ts'

const suite = channelConformance({
  plugin: sms(),
  provider: twilioForTests(),
  settings: (workspace) => ({
    accountSid: `AC${String(workspace).repeat(32)}`,
    authToken: `the-token-of-account-${workspace}`,
    senders: [`+1555000100${workspace}`, `MG${String(workspace).repeat(32)}`],
  }),
})

test.each(suite)('$name', ({ run }) => run())
