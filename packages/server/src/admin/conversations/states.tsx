import type { Message } from '@leadnest/core'
import { Time } from '../time.tsx'

const words: Record<Message['status'], string> = {
  received: 'Received',
  queued: 'Waits to leave',
  scheduled: 'Scheduled',
  sending: 'With the provider',
  unknown: 'May have left: the answer was lost',
  sent: 'Sent',
  failed: 'Failed',
  undelivered: 'Not delivered',
  delivered: 'Delivered',
  cancelled: 'Taken back',
}

/** How far a message is, and why not further. */
export function State({ message: { status, error, dueAt, segments } }: { message: Message }) {
  const bad = status === 'failed' || status === 'undelivered'
  return (
    <>
      <span class={bad ? 'stage spam' : undefined}>{words[status]}</span>
      {dueAt && (
        <>
          {' '}
          {status === 'queued' && error ? 'and is tried again' : 'for'} <Time at={dueAt} />
        </>
      )}
      {error && <span> · {error.detail ?? error.code}</span>}
      {segments !== null && segments > 1 && <span> · {segments} segments</span>}
    </>
  )
}
