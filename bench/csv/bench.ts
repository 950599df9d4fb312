import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import {
  type Core,
  createCore,
  createField,
  createWorkspace,
  exportPowersOf,
  importPowersOf,
  tasks,
} from '@leadnest/core'
import { csv } from '../../packages/plugins/csv/src/index.ts'
import { makeDatabase, withPostgres } from '../database.ts'
import { copyIn, copyOut } from './copy.ts'
import { type Shape, shapes, textOf } from './rows.ts'

const count = Number(process.env.LEADNEST_BENCH_LEADS ?? 1_000_000)
const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }

interface Result {
  name: string
  seconds: number
  copySeconds: number
  /** MiB above what the process had before. */
  memory: number
  counts: string
}

/** Imports and an export of a million rows, against `psql \copy` of ready rows into the same table, and out of it. */
export async function benchCsv(): Promise<void> {
  const results: Result[] = []
  await withPostgres(async ({ url }) => {
    for (const shape of shapes) {
      const databaseUrl = await makeDatabase(url, `csv_${shape.key}`)
      const core = createCore({ databaseUrl, secretKeys: ['a secret of benches, 32 characters'], plugins: [csv()] })
      results.push(...(await benchShape(core, databaseUrl, shape)))
      await core.close()
      writeFileSync(new URL('../csv.md', import.meta.url), reportOf(results))
    }
  })
  console.log(reportOf(results))
}

async function benchShape(core: Core, databaseUrl: string, shape: Shape): Promise<Result[]> {
  const begun = await createWorkspace(core, { name: 'Bench' })
  for (const key of shape.fields) await createField(core, begun.id, { key, label: key, type: 'text', options: [] }, by)
  // The first rows of a process are slow, and make it grow.
  const warm = await createWorkspace(core, { name: 'Warm' })
  const { fields: _, columns, ...rest } = shape
  const own = columns.filter((column) => !column.startsWith('fields.'))
  await importRows(core, warm.id, textOf({ ...rest, fields: [], columns: own }, 0, 10_000, 'warm'))
  // Those that are there before, by an import of their own that nobody measures.
  if (shape.known > 0) await importRows(core, begun.id, textOf(shape, 0, Math.round(count * shape.known), 'old'))
  await core.pool.query('vacuum analyze')
  const results: Result[] = []
  const { seconds, memory, counts } = await importRows(core, begun.id, textOf(shape, 0, count, 'new'))
  console.log(`${shape.name}: ${seconds.toFixed(1)} s, ${counts}`)
  const copied = await createWorkspace(core, { name: 'Copied' })
  const copySeconds = await copyIn(databaseUrl, copied.id, shape, count)
  console.log(`\\copy: ${copySeconds.toFixed(1)} s`)
  results.push({ name: `import, ${shape.name}`, seconds, copySeconds, memory, counts })
  if (shape.exports) {
    const exported = await exportRows(core, begun.id)
    const outSeconds = await copyOut(databaseUrl, begun.id)
    console.log(`export: ${exported.seconds.toFixed(1)} s, \\copy to: ${outSeconds.toFixed(1)} s`)
    results.push({ name: 'export, the same leads', copySeconds: outSeconds, ...exported })
  }
  return results
}

/** From the upload's end to the import's, as a worker does it. */
async function importRows(core: Core, workspaceId: string, text: Iterable<Uint8Array>) {
  const imports = importPowersOf(core, workspaceId, () => undefined)
  const source = (async function* () {
    yield* text
  })()
  const file = await imports.store(source, { name: 'leads.csv', type: 'text/csv' })
  return watched(async () => {
    const { id } = await imports.begin({ fileId: file.id, format: 'csv' }, by)
    const { status, created, updated, skipped, failed, error, errors } = await untilEnd(core, workspaceId, () =>
      imports.get(id),
    )
    if (status !== 'succeeded' || failed > 0)
      throw new Error(`The import ${status}: ${error?.detail ?? errors[0]?.detail}`)
    return `${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed`
  })
}

async function exportRows(core: Core, workspaceId: string) {
  const exports = exportPowersOf(core, workspaceId, () => undefined)
  return watched(async () => {
    const { id } = await exports.begin({ format: 'csv', all: true }, by)
    const { status, rows, size } = await untilEnd(core, workspaceId, () => exports.get(id))
    if (status !== 'succeeded') throw new Error(`The export ${status}.`)
    return `${rows} rows, ${Math.round(size! / 1024 / 1024)} MiB`
  })
}

/** What a worker does with this job alone: what follows from it, as scores, comes later and is not of it. */
async function untilEnd<T extends { id: string; finishedAt: string | null }>(
  core: Core,
  workspaceId: string,
  read: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const job = await read()
    if (job.finishedAt) return job
    await tasks(core).run_job!({ workspaceId, jobId: job.id }, {} as never)
  }
}

async function watched(work: () => Promise<string>): Promise<{ seconds: number; memory: number; counts: string }> {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 100)
  const begin = performance.now()
  const counts = await work()
  clearInterval(timer)
  return { seconds: (performance.now() - begin) / 1000, memory: (most - before) / 1024 / 1024, counts }
}

const rate = (seconds: number) => Math.round(count / seconds).toLocaleString('en')

function reportOf(results: Result[]): string {
  const lines = results.map(
    ({ name, seconds, copySeconds, memory, counts }) =>
      `| ${name} | ${counts} | ${rate(seconds)} | ${rate(copySeconds)} | ${(copySeconds / seconds).toFixed(2)} | ${Math.round(memory)} |`,
  )
  return `# CSV

Made by \`npm run bench -- csv\` with ${count.toLocaleString('en')} rows on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'a processor'}, Node
${process.versions.node}, at a load of ${loadavg()[0]?.toFixed(1)} on the machine (itself and all others), on the embedded Postgres as it comes (fsync on). An
import has its checks, its search for people who are known, a line in each timeline and what its undo needs; \`psql \\copy\` writes ready
rows into the same table, with its indexes and its search, one session. Memory is what the process took more than before, in MiB.

| what | came to | rows/s | \`\\copy\`, rows/s | ratio | memory |
| --- | --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`
}
