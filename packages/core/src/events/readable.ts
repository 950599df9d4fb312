import type { Scope } from '../accounts/account.ts'
import { demand, type Principal } from '../accounts/principal.ts'
import { EventType } from './event.ts'

/** What an event is about: the word before the dot. */
type Noun = EventType extends `${infer N}.${string}` ? N : never

/** Who may read about something may read what happened to it. */
const scopes: Record<Noun, Scope> = {
  lead: 'leads:read',
  submission: 'leads:read',
  consent: 'leads:read',
  suppression: 'leads:read',
  message: 'leads:read',
  conversation: 'leads:read',
  message_template: 'leads:read',
  channel: 'settings:read',
  privacy_request: 'privacy:read',
  note: 'leads:read',
  duplicate: 'leads:read',
  segment: 'leads:read',
  import: 'leads:read',
  export: 'leads:read',
  export_schedule: 'leads:read',
  job: 'leads:read',
  form: 'forms:read',
  field: 'settings:read',
  pipeline: 'settings:read',
  workspace: 'settings:read',
  plugin: 'settings:read',
  assignment_rule: 'settings:read',
  score_rule: 'settings:read',
  member: 'members:read',
  invite: 'members:read',
  user: 'members:read',
  key: 'keys:read',
}

export const nounOf = (type: EventType) => type.split('.')[0] as Noun

/** The types asked for, all unless told, as far as somebody may read them. Throws `forbidden` for one that they asked for. */
export function readableTypes(principal: Principal, asked: EventType[] | undefined): EventType[] {
  if (!asked) return EventType.options.filter((type) => principal.scopes.includes(scopes[nounOf(type)]))
  for (const type of asked) demand(principal, scopes[nounOf(type)])
  return asked
}
