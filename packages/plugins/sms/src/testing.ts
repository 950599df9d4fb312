import { type SimulatedTwilio, simulatedTwilio } from './simulator/twilio.ts'

export { type Mood, type SimulatedMessage, type SimulatedTwilio, simulatedTwilio } from './simulator/twilio.ts'
export { simulation } from './twilio/simulate.ts'
export { signTwilioRequest } from './verify-request.ts'

interface SentMessage {
  providerId: string
  to: string
  body: string
  from: string
  media: string[]
  account: string
}

/**
 * A Twilio in memory, as `channelConformance` and `testNest({ outbound })` of `@leadnest/core/testing` take one.
 *
 * @example
 * const twilio = twilioForTests()
 * const nest = await testNest({ plugins: [sms()], settings: { sms: { … } }, outbound: twilio.outbound })
 */
export function twilioForTests(): SimulatedTwilio & {
  outbound: SimulatedTwilio['fetch']
  accepted(): SentMessage[]
} {
  const twilio = simulatedTwilio()
  return Object.assign(twilio, {
    outbound: twilio.fetch,
    accepted: () =>
      twilio.messages.map(({ sid, to, body, from, media, token }) => ({
        providerId: sid,
        to,
        body,
        from,
        media,
        account: token,
      })),
  })
}

/** The same as handlers for msw: `setupServer(...twilioHandlers(await import('msw'), twilio))`. */
export function twilioHandlers(
  { http }: { http: { all(path: string, answer: (call: { request: Request }) => Promise<Response>): unknown } },
  twilio: Pick<SimulatedTwilio, 'fetch'>,
  apiUrl = 'https://api.twilio.com',
): unknown[] {
  return [
    http.all(`${apiUrl}/2010-04-01/*`, async ({ request }) =>
      twilio.fetch(request.url, {
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      }),
    ),
  ]
}
