import type { Event } from '@leadnest/core'
import { printed } from '../answers.tsx'
import type { Naming } from './naming.ts'
import { ownerName } from './owner.ts'

const columns: ReadonlyMap<string, string> = new Map([
  ['name', 'Name'],
  ['firstName', 'First name'],
  ['lastName', 'Last name'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['company', 'Company'],
  ['externalId', 'External id'],
  ['stage', 'Stage'],
  ['lostReason', 'Lost because'],
  ['ownerId', 'Owner'],
  ['nextAction', 'Next action'],
  ['score', 'Score'],
  ['tags', 'Tags'],
])

/** What an event changed, a line each: “Stage: New → Contacted”. */
export function changesOf({ type, data }: Event, naming: Naming): string[] {
  if (type === 'lead.updated' || type === 'lead.merged') return changeLines(data.changes, naming)
  if (type !== 'lead.tagged') return []
  return [
    ['Added', data.added],
    ['Removed', data.removed],
  ].flatMap(([word, tags]) => (Array.isArray(tags) && tags.length > 0 ? [`${word}: ${tags.join(', ')}`] : []))
}

/** What was and what is, by the names of `changes` in an event. */
export function changeLines(changes: unknown, naming: Naming): string[] {
  return Object.entries(changes ?? {}).map(([what, change]) => line(what, change, naming))
}

function line(what: string, change: unknown, naming: Naming): string {
  const field = what.startsWith('fields.') ? what.slice('fields.'.length) : undefined
  const label = field === undefined ? (columns.get(what) ?? what) : (naming.labels.get(field) ?? field)
  const [before, after] = Array.isArray(change) ? change : []
  return `${cut(label)}: ${named(what, before, naming)} → ${named(what, after, naming)}`
}

function named(what: string, value: unknown, { stages, members }: Naming): string {
  if (what === 'nextAction' && isPlan(value))
    return cut(`${value.text} (due ${value.dueAt.slice(0, 16).replace('T', ' ')} UTC)`)
  if (typeof value !== 'string') return cut(printed((value ?? null) as Parameters<typeof printed>[0]))
  if (what === 'stage') return cut(stages.get(value)?.label ?? value)
  if (what === 'ownerId') return cut(ownerName(value, members))
  return cut(printed(value))
}

/** A line stays a line, however much somebody wrote. */
function cut(text: string, longest = 80): string {
  const characters = [...text.slice(0, 4 * longest).replace(/\s+/g, ' ')]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}

function isPlan(value: unknown): value is { text: string; dueAt: string } {
  return typeof value === 'object' && value !== null && 'text' in value && 'dueAt' in value
}
