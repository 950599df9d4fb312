import type { Simulation } from '@leadnest/core/plugin'
import { signTwilioRequest } from '../verify-request.ts'
import { type Account, accountsOf, type TwilioSettings } from './settings.ts'

/** What Twilio would send to `<url>/twilio/…`, signed by the account that has the number. */
export const simulation: Simulation<TwilioSettings> = {
  inbound: ({ providerId, from, to, body, media = [], optOut }, { settings, url }) =>
    signed(`${url}/twilio/inbound`, accountWith(settings, to), (sid) => [
      ['ToCountry', 'US'],
      ['SmsMessageSid', providerId],
      ['NumMedia', String(media.length)],
      ['ToCity', ''],
      ['SmsSid', providerId],
      ['SmsStatus', 'received'],
      ['Body', body],
      ['To', to],
      ...(to.startsWith('MG') ? [['MessagingServiceSid', to] as [string, string]] : []),
      ['NumSegments', '1'],
      ['MessageSid', providerId],
      ['AccountSid', sid],
      ['From', from],
      ['ApiVersion', '2010-04-01'],
      ...media.flatMap(({ url, type }, i): [string, string][] => [
        [`MediaUrl${i}`, url],
        [`MediaContentType${i}`, type ?? 'application/octet-stream'],
      ]),
      ...(optOut ? [['OptOutType', optOut.toUpperCase()] as [string, string]] : []),
    ]),
  status: ({ providerId, messageId, status, error, optedOut }, { settings, url }) => {
    const account = accountsOf(settings)[0]!
    const at = `${url}/twilio/status${messageId ? `?message=${messageId}` : ''}`
    const code = error?.code ?? (optedOut ? '21610' : undefined)
    return signed(at, account, (sid) => [
      ['SmsSid', providerId],
      ['SmsStatus', status],
      ['MessageStatus', status],
      ['MessageSid', providerId],
      ['AccountSid', sid],
      ['From', account.senders[0]!],
      ['ApiVersion', '2010-04-01'],
      ...(code ? [['ErrorCode', code] as [string, string]] : []),
    ])
  },
  optOut: (person, at) => simulation.inbound!({ ...person, body: 'STOP', optOut: 'stop' }, at),
}

const accountWith = (settings: TwilioSettings, number: string): Account => {
  const accounts = accountsOf(settings)
  return accounts.find(({ senders }) => senders.includes(number)) ?? accounts[0]!
}

function signed(url: string, { sid, tokens }: Account, paramsFor: (sid: string) => [string, string][]): Request {
  const params = paramsFor(sid)
  return new Request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signTwilioRequest({ url, params, authToken: tokens[0]! }),
    },
    body: new URLSearchParams(params).toString(),
  })
}
