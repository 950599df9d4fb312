import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parse } from 'csv-parse/sync'
import { makeDatabase, withPostgres } from '../database.ts'
import { type Clock, timesOf } from '../measure.ts'
import { exportFile, type Imported, importFile } from './jobs.ts'
import { type Server, watched, withServer } from './server.ts'
import { pause, visit } from './visitors.ts'

const count = Number(process.env.LEADNEST_BENCH_LEADS ?? 100_000)
/** In s. */
const [warm, idle, after] = [5, 10, 10]

/** What a file can say of a lead. */
const said = ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId', 'stage', 'tags']

interface Alone {
  seconds: number
  growth: number
  export: { ready: number; first: number; all: number; growth: number; bytes: number }
  /** Imported where it came from. */
  back: Imported
  differing: number
}

interface Visited {
  seconds: number
  growth: number
  times: Record<string, Clock & { n: number }>
}

/**
 * An import of 100,000 rows as visitors and the machine feel it, and an export of them: a server as `npm start` runs it, asked as
 * anybody asks it.
 */
export async function benchPolite(): Promise<void> {
  await withPostgres(async ({ url }) => {
    const at = loadavg()[0]!
    const visited = await withServer(await makeDatabase(url, 'visited'), measureVisited)
    const alone = await measureAlone(url)
    const report = reportOf(alone, visited, at)
    writeFileSync(new URL('../polite.md', import.meta.url), report)
    console.log(report)
  })
}

async function measureVisited(server: Server): Promise<Visited> {
  const times: Visited['times'] = {}
  const during = async (name: string, until: Promise<unknown>) => {
    const all = await visit(server, `${Object.keys(times).length}-`, until)
    times[name] = { n: all.length, ...timesOf(all) }
  }
  await visit(server, 'warm-', pause(warm * 1000))
  await during('idle', pause(idle * 1000))
  const { seconds, growth } = await watched(server, async () => {
    const imported = importFile(server, rows())
    await during('during the import', imported)
    mindCounts(await imported)
  })
  await during(`the ${after} s after it`, pause(after * 1000))
  return { seconds, growth, times }
}

async function measureAlone(url: string): Promise<Alone> {
  const { file, ...alone } = await withServer(await makeDatabase(url, 'alone'), async (server) => {
    await visit(server, 'warm-', pause(warm * 1000))
    const { result, seconds, growth } = await watched(server, () => importFile(server, rows()))
    mindCounts(result)
    // What follows from an import is done by then.
    await pause(after * 1000)
    const exported = await watched(server, () => exportFile(server))
    const { file: all, ...times } = exported.result
    const back = await importFile(server, [all])
    const { file } = await exportFile(server, said)
    return { seconds, growth, export: { ...times, growth: exported.growth, bytes: all.length }, back, file }
  })
  const again = await withServer(await makeDatabase(url, 'again'), async (server) => {
    await importFile(server, [file])
    return exportFile(server, said)
  })
  return { ...alone, differing: differing(cellsOf(file), cellsOf(again.file)) }
}

/** Some cells are what spreadsheets and parsers stumble over. */
const odd = ['=1+1', "'=quoted", 'Ada "the first", Ltd', 'Zürich 東京', ' two\nlines', '-5', '@home', 'ACME']

function* rows(): Generator<Buffer> {
  yield Buffer.from('email,firstName,lastName,company,externalId,tags\n')
  for (let start = 0; start < count; start += 1000) {
    let text = ''
    for (let i = start; i < Math.min(count, start + 1000); i++) {
      const company = `${odd[i % odd.length]}`.replaceAll('"', '""')
      text += `person.${i}@example-${i % 997}.com,First${i % 5000},Last${i},"${company}",x-${i},${i % 10 === 0 ? 'fair' : ''}\n`
    }
    yield Buffer.from(text)
  }
}

function mindCounts({ created, failed }: Imported): void {
  if (created !== count || failed !== 0) throw new Error(`Of ${count} rows ${created} were created, ${failed} failed.`)
}

const cellsOf = (file: Buffer) => {
  const [, ...rows] = parse(file, { bom: true }) as string[][]
  return new Map(rows.map((row) => [row[said.indexOf('email')]!, row]))
}

/** How many cells are not the same in both; a row that is missing is missing with all of them. */
function differing(some: Map<string, string[]>, others: Map<string, string[]>): number {
  let found = 0
  for (const email of new Set([...some.keys(), ...others.keys()]))
    found += said.filter((_, i) => some.get(email)?.[i] !== others.get(email)?.[i]).length
  return found
}

function reportOf(alone: Alone, { seconds, growth, times }: Visited, load: number): string {
  // What disturbs the idle ones is to flatter nobody: the quieter of both is meant.
  const quiet = Math.min(
    ...Object.entries(times).flatMap(([name, { p95 }]) => (name === 'during the import' ? [] : [p95])),
  )
  const ratio = times['during the import']!.p95 / quiet
  const holds = (value: number, goal: number) => (value <= goal ? 'yes' : '**no**')
  const goals: [string, number, string, number][] = [
    ['R13: import alone', alone.seconds, 's', 5],
    ['R13: `POST` p95 during the import, to the quieter of before and after', ratio, '×', 2],
    ['R13: memory of the import alone, more than before', alone.growth, 'MiB', 64],
    ['R13: memory of the import beside visitors, more than before', growth, 'MiB', 64],
    ['R14: from asking for the export to its first byte', alone.export.first / 1000, 's', 1],
    ['R14: memory of the export, more than before', alone.export.growth, 'MiB', 64],
    ['R14: differing cells after export → import → export', alone.differing, '', 0],
  ]
  const lines = goals.map(
    ([name, value, unit, goal]) => `| ${name} | ${round(value)} ${unit} | ≤ ${goal} | ${holds(value, goal)} |`,
  )
  const visitors = Object.entries(times).map(
    ([name, { n, p50, p95, p99 }]) => `| ${name} | ${n} | ${round(p50)} | ${round(p95)} | ${round(p99)} |`,
  )
  const { export: out, back } = alone
  return `# Imports beside visitors, and exports

Made by \`npm run bench -- polite\` with ${count.toLocaleString('en')} rows of 6 columns on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'a processor'}, Node
${process.versions.node}, at a load of ${load.toFixed(1)} on the machine before it began, and ${loadavg()[0]!.toFixed(1)} at its end. A server with its worker as \`npm start\` runs it, its embedded Postgres as it comes (fsync
on), and whoever asks it, share the processors. Each of the three has a fresh database and a process that has answered visitors for ${warm} s.

| what | measured | goal | holds |
| --- | ---: | ---: | --- |
${lines.join('\n')}

50 visitors a second by \`POST /v1/leads\`, each sent at its time, whatever became of the one before; in ms. The import beside them took
${round(seconds)} s, alone ${round(alone.seconds)} s, both from the first byte of the upload to the end.

| visitors | requests | p50 | p95 | p99 |
| --- | ---: | ---: | ---: | ---: |
${visitors.join('\n')}

The export is a job: its file, ${round(out.bytes / 1024 / 1024)} MiB, was ready ${round(out.ready / 1000)} s after it was asked for, its first byte came after ${round(out.first / 1000)} s and its last
after ${round(out.all / 1000)} s. Imported where it came from it changed ${back.created + back.updated} leads and skipped ${back.skipped.toLocaleString('en')}.
`
}

const round = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1))
