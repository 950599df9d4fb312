import { afterEach, expect, test, vi } from 'vitest'
import { sms } from './index.ts'

afterEach(() => void vi.unstubAllEnvs())

test('the simulator is there where TWILIO_API_URL asks for it, and in production nobody gets it', () => {
  expect(sms().pages).toBeUndefined()
  vi.stubEnv('TWILIO_API_URL', 'simulator')
  expect(Object.keys(sms().pages ?? {})).toContain('GET /simulator')
  vi.stubEnv('NODE_ENV', 'production')
  expect(() => sms()).toThrow('expected an address such as https://api.twilio.com in production')
})

test('another address of Twilio is reached although it is private; what is none stops the start', () => {
  vi.stubEnv('TWILIO_API_URL', 'http://127.0.0.1:4010/twilio')
  expect(sms()).toMatchObject({ origins: ['http://127.0.0.1:4010'] })
  expect(sms().capabilities).toContain('http:127.0.0.1:4010')
  vi.stubEnv('TWILIO_API_URL', 'twilio')
  expect(() => sms()).toThrow('TWILIO_API_URL: got “twilio”')
})
