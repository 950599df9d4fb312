import type { ConversationQuery } from '@leadnest/core'

/** The lists of conversations, as they stand in the address. */
export const views = {
  open: { name: 'Open', query: { status: 'open' } },
  unread: { name: 'Unread', query: { unread: 'true' } },
  mine: { name: 'Mine', query: { status: 'open', owner: 'me' } },
  snoozed: { name: 'Snoozed', query: { status: 'snoozed' } },
  closed: { name: 'Closed', query: { status: 'closed' } },
} as const satisfies Record<string, { name: string; query: Partial<ConversationQuery> }>

export type ViewName = keyof typeof views

export const viewOf = (text: string | undefined): ViewName =>
  text !== undefined && Object.hasOwn(views, text) ? (text as ViewName) : 'open'

/** `me` is whoever looks. */
export function queryOf(view: ViewName, userId: string): Partial<ConversationQuery> {
  const query: Partial<ConversationQuery> = views[view].query
  return query.owner === 'me' ? { ...query, owner: userId } : query
}
