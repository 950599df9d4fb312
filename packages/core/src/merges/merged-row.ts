import { isSameJson } from '../same-json.ts'

/** A row of `leads` as `to_jsonb` gives it: every column, named as in the table. */
export type Row = Record<string, unknown>

/** Columns that say one thing together, so they are taken from one lead. The first ones decide whether it is said at all. */
const groups: { columns: string[]; decidedBy: number }[] = [
  { columns: ['name', 'first_name', 'last_name'], decidedBy: 3 },
  { columns: ['phone', 'phone_shared'], decidedBy: 1 },
  { columns: ['next_action', 'next_action_at', 'remind_at', 'reminded_at'], decidedBy: 1 },
  { columns: ['score', 'score_parts'], decidedBy: 1 },
]
const stage = ['stage', 'stage_changed_at', 'lost_reason']
const grouped = new Set([...groups.flatMap(({ columns }) => columns), ...stage])

/**
 * The survivor's row: what it says stands, its blanks are filled from the other. The stage is the one that was chosen
 * last; the first touch is the older lead's, the last touch that of the lead which was active last.
 */
export function mergedRow(survivor: Row, other: Row): Row {
  const merged: Row = {}
  for (const column of Object.keys(survivor))
    if (!grouped.has(column)) merged[column] = survivor[column] ?? other[column]
  for (const { columns, decidedBy } of groups) {
    const from = columns.slice(0, decidedBy).some((column) => survivor[column] !== null) ? survivor : other
    for (const column of columns) merged[column] = from[column]
  }
  const staged = moment(other.stage_changed_at) > moment(survivor.stage_changed_at) ? other : survivor
  for (const column of stage) merged[column] = staged[column]
  const later = moment(other.last_activity_at) > moment(survivor.last_activity_at) ? other : survivor
  const earlier = later === survivor ? other : survivor
  merged.last_attribution = later.last_attribution ?? earlier.last_attribution
  merged.last_activity_at = later.last_activity_at
  merged.created_at = moment(other.created_at) < moment(survivor.created_at) ? other.created_at : survivor.created_at
  merged.fields = { ...(other.fields as object), ...(survivor.fields as object) }
  merged.merged_into = null
  merged.deleted_at = null
  return merged
}

const moment = (time: unknown) => (typeof time === 'string' ? Date.parse(time) : Number.NEGATIVE_INFINITY)

/** The survivor's row without the merge: what was edited since stays, with all that it says one thing with. */
export function unmergedRow({ now, after, before }: { now: Row; after: Row; before: Row }): Row {
  const row: Row = { ...now }
  const units = [
    ...[...groups.map(({ columns }) => columns), stage],
    ...Object.keys(before)
      .filter((column) => !grouped.has(column) && column !== 'fields')
      .map((column) => [column]),
  ]
  for (const columns of units) {
    if (!columns.every((column) => isSameJson(now[column], after[column]))) continue
    for (const column of columns) row[column] = before[column]
  }
  row.fields = unmergedFields(now.fields as Row, after.fields as Row, before.fields as Row)
  return row
}

function unmergedFields(now: Row, after: Row, before: Row): Row {
  const fields: Row = {}
  for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
    const value = isSameJson(now[key], after[key]) ? before[key] : now[key]
    if (value !== undefined) fields[key] = value
  }
  return fields
}
