import { raw } from 'sql-template-tag'
import { bySystem } from '../events/event.ts'
import { isId } from '../id.ts'
import { finishJob } from '../jobs/finish-job.ts'
import { join, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Known, Subject } from './subject.ts'

/** What stands in the place of an address that is erased. A filter that names it can still be read, and finds nobody. */
const nobody = { email: 'erased@erased.invalid', phone: '+00000000', name: 'erased' }

/** What people of the workspace write, and may name somebody in. */
const written = [
  { table: 'segments', columns: ['name', 'filter', 'q'] },
  { table: 'score_rules', columns: ['name', 'filter'] },
  { table: 'assignment_rules', columns: ['name', 'filter'] },
  { table: 'message_templates', columns: ['name', 'subject', 'body'] },
  { table: 'export_schedules', columns: ['name'] },
  { table: 'plugin_states', key: 'plugin_id', columns: ['last_error'] },
]

/**
 * Takes the addresses and the full name of a person out of what the workspace keeps under names: segments, rules, what jobs were asked for, and
 * the events of these. Returns the ids of what it changed.
 */
export async function forgetInWords(tx: Tx, { workspaceId, ids, known: addresses }: Subject): Promise<string[]> {
  const known: Words = { ...addresses, names: await readNames(tx, workspaceId, ids) }
  const needles = [...known.emails, ...known.phones, ...known.names]
  if (needles.length === 0) return []
  // A row that names the person is theirs.
  await tx.query(sql`
    delete from import_errors where workspace_id = ${workspaceId} and ${names(sql`concat_ws(' ', detail, cells::text)`, needles)}`)
  const changed: string[] = []
  for (const { table, key = 'id', columns } of written) {
    const texts = join(columns.map((name) => raw(name)))
    const rows = await tx.query<{ id: string; texts: (string | null)[] }>(sql`
      select ${raw(key)}::text as id, array[${texts}] as texts from ${raw(table)}
      where workspace_id = ${workspaceId} and ${names(sql`concat_ws(' ', ${texts})`, needles)} for update`)
    for (const row of rows) {
      const cleaned = row.texts.map((text) => text && withoutAddresses(text, known))
      if (cleaned.every((text, i) => text === row.texts[i])) continue
      const sets = join(columns.map((name, i) => sql`${raw(name)} = ${cleaned[i]}`))
      await tx.query(
        sql`update ${raw(table)} set ${sets} where workspace_id = ${workspaceId} and ${raw(key)} = ${row.id}`,
      )
      if (isId(row.id)) changed.push(row.id)
    }
  }
  return [...changed, ...(await forgetInJson(tx, workspaceId, known, needles))]
}

interface Words extends Known {
  names: string[]
}

/**
 * Full names, in small letters, that nobody else has now; one of a single word is a word like others. What JSON would escape is
 * left out.
 */
async function readNames(tx: Tx, workspaceId: string, ids: string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(sql`
    select distinct lower(said.name) as name
    from leads l cross join lateral (values (l.name), (l.first_name || ' ' || l.last_name)) as said (name)
    where l.workspace_id = ${workspaceId} and l.id = any(${ids}::uuid[]) and said.name like '%_ _%'
      and not exists (
        select from leads o
        where o.workspace_id = ${workspaceId} and o.sort_name = lower(said.name) and o.id <> all(${ids}::uuid[])
      )`)
  return rows.map(({ name }) => name).filter((name) => name.length >= 5 && JSON.stringify(name) === `"${name}"`)
}

/** Within JSON an address stands as it is: neither kind has anything to escape. */
async function forgetInJson(tx: Tx, workspaceId: string, known: Words, needles: string[]): Promise<string[]> {
  const jobs = await tx.query<{ id: string; input: unknown; error: unknown }>(sql`
    select id, input, error from jobs
    where workspace_id = ${workspaceId} and ${names(sql`concat_ws(' ', input::text, error::text)`, needles)} for update`)
  const schedules = await tx.query<{ id: string; input: unknown }>(sql`
    select id, input from export_schedules
    where workspace_id = ${workspaceId} and ${names(sql`input::text`, needles)} for update`)
  for (const { id, input } of schedules)
    await tx.query(sql`
      update export_schedules set input = ${inJson(input, known)}::jsonb where workspace_id = ${workspaceId} and id = ${id}`)
  for (const { id, input, error } of jobs)
    await tx.query(sql`
      update jobs set input = ${inJson(input, known)}::jsonb, error = ${inJson(error, known)}::jsonb
      where workspace_id = ${workspaceId} and id = ${id}`)
  const events = await tx.query<{ id: string; data: unknown }>(sql`
    select id, data from events where workspace_id = ${workspaceId} and ${ofWords} and ${names(sql`data::text`, needles)}`)
  for (const { id, data } of events)
    await tx.query(
      sql`update events set data = ${inJson(data, known)}::jsonb where workspace_id = ${workspaceId} and id = ${id}`,
    )
  return jobs.map(({ id }) => id)
}

const names = (text: ReturnType<typeof sql>, needles: string[]) =>
  sql`exists (select from unnest(${needles}::text[]) as needle where strpos(lower(${text}), needle) > 0)`

/** The words of the index `events_words`. */
const ofWords = sql`type in (
  'job.started', 'job.finished', 'segment.saved', 'segment.deleted', 'score_rule.saved', 'score_rule.deleted',
  'assignment_rule.saved', 'assignment_rule.deleted'
)`

const inJson = (value: unknown, known: Words) =>
  value === null ? null : withoutAddresses(JSON.stringify(value), known)

/** An address counts as a whole: not as a part of a longer one. */
export function withoutAddresses(text: string, { emails, phones, names = [] }: Known & Partial<Words>): string {
  const without = (text: string, address: string, instead: string) =>
    text.replace(
      new RegExp(`(?<![\\w.+@-])${address.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\w@-]|\\.\\w)`, 'giu'),
      instead,
    )
  const mailed = emails.reduce((text, email) => without(text, email, nobody.email), text)
  const named = names.reduce((text, name) => without(text, name, nobody.name), mailed)
  return phones.filter((phone) => phone.length >= 7).reduce((text, phone) => without(text, phone, nobody.phone), named)
}

/**
 * A job that named only leads that are erased was about nobody else, so what it was to write on them goes: tags, a reason. One
 * that has not ended is cancelled. Returns their ids.
 */
export async function forgetJobs(tx: Tx, { workspaceId, ids }: Subject, at: Date): Promise<string[]> {
  const jobs = await tx.query<{ id: string; kind: string; finishedAt: string | null }>(sql`
    select id, kind, finished_at from jobs
    where workspace_id = ${workspaceId} and kind like 'bulk%' and kind <> 'bulk_erase'
      and input -> 'which' ? 'ids' and ${names(sql`input::text`, ids)}
      and not exists (
        select from jsonb_array_elements_text(input -> 'which' -> 'ids') as named (id)
        where not exists (select from erasures e where e.workspace_id = ${workspaceId} and e.lead_id = named.id::uuid)
      )
    for update`)
  for (const { id, kind, finishedAt } of jobs) {
    if (!finishedAt) await finishJob(tx, { workspaceId, id, kind }, { status: 'cancelled' }, bySystem, at)
    await tx.query(sql`
      update jobs set input = jsonb_set(input, '{action}', jsonb_build_object('type', input -> 'action' -> 'type'))
      where workspace_id = ${workspaceId} and id = ${id}`)
    await tx.query(sql`
      update events set data = jsonb_set(data, '{input,action}', jsonb_build_object('type', data #> '{input,action,type}'))
      where workspace_id = ${workspaceId} and ${ofWords} and type = 'job.started' and data ->> 'jobId' = ${id}`)
  }
  return jobs.map(({ id }) => id)
}
