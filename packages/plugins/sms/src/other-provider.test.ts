import { channelConformance } from '@leadnest/core/testing'
import { test } from 'vitest'
import { sms } from './index.ts'
import { otherCarrier, otherProvider } from './testing/other-provider.ts'

/** A second company carries the messages, and nothing in core knows. */
const suite = channelConformance({
  plugin: sms({ provider: otherProvider }),
  provider: otherCarrier(),
  settings: (workspace) => ({
    carrierAccount: `key${workspace}`,
    apiSecret: `the secret of account ${workspace}`,
    number: `+1555000100${workspace}`,
  }),
})

test.each(suite)('$name', ({ run }) => run())
