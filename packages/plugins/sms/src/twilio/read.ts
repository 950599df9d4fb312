import type { IncomingMessage, Media, ProviderStatus, StatusReport } from '@leadnest/core/plugin'
import type { Posted } from '../provider.ts'
import { wordsOf } from './errors.ts'

const statuses: Record<string, ProviderStatus> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
}

export const statusOf = (word: string | null | undefined): ProviderStatus | undefined => statuses[word ?? '']

const optOuts: Record<string, IncomingMessage['optOut']> = { STOP: 'stop', START: 'start', HELP: 'help' }

export function readInbound({ params }: Posted): IncomingMessage | null {
  const providerId = params.get('MessageSid') ?? params.get('SmsMessageSid') ?? params.get('SmsSid')
  const from = params.get('From')
  if (!providerId || !from) return null
  const optOut = optOuts[params.get('OptOutType')?.toUpperCase() ?? '']
  return {
    providerId,
    from,
    to: params.get('To') ?? '',
    body: params.get('Body') ?? '',
    media: mediaIn(params),
    ...(optOut && { optOut }),
  }
}

function mediaIn(params: URLSearchParams): Media[] {
  const count = Math.min(10, Number(params.get('NumMedia')) || 0)
  return Array.from({ length: count }, (_, i) => ({
    url: params.get(`MediaUrl${i}`) ?? '',
    type: params.get(`MediaContentType${i}`) ?? undefined,
  })).filter(({ url }) => URL.canParse(url))
}

export function readStatus({ url, params }: Posted): StatusReport | null {
  const providerId = params.get('MessageSid') ?? params.get('SmsSid')
  const status = statusOf(params.get('MessageStatus') ?? params.get('SmsStatus'))
  if (!providerId || !status) return null
  const code = params.get('ErrorCode')
  // Part of the address, which is signed.
  const messageId = new URL(url).searchParams.get('message')
  return {
    providerId,
    status,
    ...(messageId && { messageId }),
    ...(code && { error: { code, detail: wordsOf(code) ?? params.get('ErrorMessage') ?? undefined } }),
    ...(code === '21610' && { optedOut: true }),
  }
}
