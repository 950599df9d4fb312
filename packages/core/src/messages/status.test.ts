import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ProviderStatus, providerStatuses } from '../channels/channel.ts'
import type { MessageStatus } from './message.ts'
import { forward } from './status.ts'

const end = (said: ProviderStatus[]) =>
  said.reduce<MessageStatus>((status, next) => forward(status, next) ?? status, 'sending')

test('whatever the order, and however often each comes, the furthest stands at the end', () => {
  const furthest = (said: ProviderStatus[]) =>
    providerStatuses[Math.max(...said.map((one) => providerStatuses.indexOf(one)))]!
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...providerStatuses), { minLength: 1, maxLength: 12 }), (said) => {
      const last = furthest(said)
      expect(end(said)).toBe(last === 'queued' ? 'sending' : last)
    }),
    { numRuns: 5000, seed: 19 },
  )
})

test('what was taken back, or came in, is moved by no provider', () => {
  for (const status of providerStatuses) {
    expect(forward('cancelled', status)).toBeNull()
    expect(forward('received', status)).toBeNull()
  }
})

test('what is unknown, or waits to be tried again, is with the provider as soon as that says so', () => {
  expect(forward('unknown', 'queued')).toBe('sending')
  expect(forward('queued', 'sent')).toBe('sent')
})
