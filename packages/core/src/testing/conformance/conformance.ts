import { inboundCases } from './inbound-cases.ts'
import { optOutCases } from './opt-out-cases.ts'
import { sendingCases } from './sending-cases.ts'
import { shapeCases } from './shape-cases.ts'
import { statusCases } from './status-cases.ts'
import { createSuite } from './suite.ts'
import { type ConformanceOptions, inWorld, type World } from './world.ts'

/** A case of the suite: it throws what is wrong. */
export interface ConformanceCase {
  name: string
  run(): Promise<void>
}

/** Each case by what it says of a channel. */
export type Cases = Record<string, (world: World) => Promise<void>>

/**
 * What every channel has to do, as cases for any test runner; each has workspaces of its own, and they run one at a time. Of a channel without
 * `simulate.inbound` or `simulate.status` those cases are left out that need them.
 *
 * @example
 * test.each(channelConformance({ plugin, settings, provider }))('$name', ({ run }) => run())
 */
export function channelConformance(options: ConformanceOptions): ConformanceCase[] {
  const channel = options.plugin.channels?.find(({ id }) => !options.channel || id === options.channel)
  const { inbound, status } = channel?.simulate ?? {}
  const all: Cases = {
    ...shapeCases,
    ...sendingCases,
    ...(status && statusCases),
    ...(inbound && inboundCases),
    ...(inbound && optOutCases),
  }
  const suite = createSuite()
  return Object.entries(all).map(([name, work]) => ({ name, run: () => inWorld(suite, options, work) }))
}
