import { sql } from '@leadnest/core'
import type { TestNest } from '@leadnest/core/testing'

/** Every row of every table that is there, as JSON, in each workspace: row security shows them one by one. */
export async function readEverything(nest: TestNest, workspaceIds: string[]): Promise<Map<string, unknown[]>> {
  const { rows: tables } = await nest.pool.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`)
  const found = new Map<string, unknown[]>()
  for (const { name } of tables) {
    const rows = new Map<string, unknown>()
    for (const workspaceId of workspaceIds) {
      const statement = sql([`select to_jsonb(t) as row from ${name} t`] as never)
      for (const { row } of await nest.inWorkspace(workspaceId, (tx) => tx.query<{ row: unknown }>(statement)))
        rows.set(JSON.stringify(row), row)
    }
    found.set(name, [...rows.values()])
  }
  return found
}

/** A piece of text as it may have been written: in small letters, its digits alone, in base64, in hex, in a URL, in JSON. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  // In base64 the same bytes look different at each of three places; what hangs over the edges is cut off.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3) - 1).toLowerCase()
  })
  const digits = value.replace(/\D/g, '')
  return [
    value.toLowerCase(),
    encodeURIComponent(value).toLowerCase(),
    JSON.stringify(value).slice(1, -1).toLowerCase(),
    bytes.toString('hex'),
    ...(bytes.length >= 6 ? [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))] : []),
    ...(digits.length >= 7 && /^[\d\s+().-]+$/.test(value) ? [digits] : []),
  ]
}

/** Where one of these values stands: in a text, or in what is in JSON in it, and as digits alone. */
export function whereIs(values: string[], place: string, holder: unknown): string[] {
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder)
  const looks = [
    text.toLowerCase(),
    text.replaceAll('\\', '').toLowerCase(),
    text.replace(/(?<=\d)[ .()/-]+(?=\d)/g, ''),
  ]
  return values
    .filter((value) => formsOf(value).some((form) => looks.some((look) => look.includes(form))))
    .map((value) => `${value} in ${place}: ${text.slice(0, 400)}`)
}
