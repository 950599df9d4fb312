import type { Event, Lead } from '@leadnest/core/plugin'

/** What a webhook tells: the event, and the lead it is about as it was when it was first told; null where it is gone. */
export interface Message {
  type: string
  /** When it happened. */
  timestamp: string
  data: { event: Omit<Event, 'type'> & { type: string }; lead?: Lead | null }
}

/** The same for every try and every replay, so that a receiver knows what it has. */
export const webhookId = (eventId: string) => `msg_${eventId}`

export function messageOf(event: Message['data']['event'], lead?: Lead | null): string {
  const message: Message = {
    type: event.type,
    timestamp: event.createdAt,
    data: { event, ...(lead !== undefined && { lead }) },
  }
  return JSON.stringify(message)
}

/** Whether the lead goes along: whoever may read of privacy requests need not be one who may read leads. */
export const tellsLead = ({ type, leadId }: Pick<Event, 'type' | 'leadId'>) =>
  leadId !== null && !type.startsWith('privacy_request.')
