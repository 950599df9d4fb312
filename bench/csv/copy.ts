import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Shape, valueIn } from './rows.ts'

const columnOf: Record<string, string> = {
  email: 'email',
  phone: 'phone',
  name: 'name',
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  externalId: 'external_id',
}

/** Copies ready rows into `leads`, and returns how many seconds that took. Its owner lets row security go meanwhile: `\copy` knows none. */
export async function copyIn(
  url: string,
  workspaceId: string,
  { columns, fields }: Shape,
  count: number,
): Promise<number> {
  const plain = columns.filter((column) => columnOf[column])
  const file = join(tmpdir(), `leadnest-bench-${process.pid}.csv`)
  const out = createWriteStream(file)
  const at = new Date().toISOString()
  for (let start = 0; start < count; start += 1000) {
    let text = ''
    for (let i = start; i < Math.min(count, start + 1000); i++) {
      const own = JSON.stringify(Object.fromEntries(fields.map((key) => [key, valueIn(`fields.${key}`, i, 'copied')])))
      const said = plain.map((column) => valueIn(column, i, 'copied'))
      text += `${[workspaceId, ordered(i), ...said, `"${own.replaceAll('"', '""')}"`, at, at, at].join(',')}\n`
    }
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  const names = [
    'workspace_id',
    'id',
    ...plain.map((column) => columnOf[column]),
    'fields',
    'created_at',
    'updated_at',
    'last_activity_at',
  ]
  try {
    await psql(url, 'alter table leads no force row level security')
    const begin = performance.now()
    await psql(url, `\\copy leads (${names.join(', ')}) from '${file}' with (format csv)`)
    return (performance.now() - begin) / 1000
  } finally {
    await psql(url, 'alter table leads force row level security')
    rmSync(file, { force: true })
  }
}

/** Copies the same columns out. */
export async function copyOut(url: string, workspaceId: string): Promise<number> {
  const file = join(tmpdir(), `leadnest-bench-${process.pid}.out.csv`)
  try {
    await psql(url, 'alter table leads no force row level security')
    const begin = performance.now()
    await psql(
      url,
      `\\copy (select id, external_id, email, phone, name, first_name, last_name, company, stage, lost_reason, owner_id, score, created_at, updated_at, last_activity_at from leads where workspace_id = '${workspaceId}' order by id) to '${file}' with (format csv, header)`,
    )
    return (performance.now() - begin) / 1000
  } finally {
    await psql(url, 'alter table leads force row level security')
    rmSync(file, { force: true })
  }
}

/** Ids in their order, as those of an import are. */
function ordered(i: number): string {
  const time = (Date.now() + Math.floor(i / 1000)).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

async function psql(url: string, command: string): Promise<void> {
  const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'close').catch(() => {
    throw new Error('psql is needed for this bench: install a client of Postgres.')
  })) as [number]
  if (code !== 0) throw new Error(`psql failed at: ${command.slice(0, 100)}`)
}
