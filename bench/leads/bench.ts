import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { type Core, createCore, firstWorkspace, type LeadQuery, listLeads } from '@leadnest/core'
import { makeDatabase, withPostgres } from '../database.ts'
import { measure, processorOf, type Times } from '../measure.ts'
import { type Case, cases } from './cases.ts'
import { type Plan, planOf } from './plans.ts'
import { type Busy, readWhileCapturing } from './read-while-capturing.ts'
import { seedLeads } from './seed.ts'

export interface Row extends Case {
  times: Times
  small: Times
  plan: Plan
}

const secretKeys = ['a secret of benches, 32 characters']
const turns = 40
const smallCount = 10_000

/** Reads of a workspace with 1,000,000 leads (or LEADNEST_BENCH_LEADS), and the same of one with 10,000. */
export async function benchLeads(): Promise<void> {
  const count = Number(process.env.LEADNEST_BENCH_LEADS ?? 1_000_000)
  await withPostgres(async ({ url }) => {
    const small = await seeded(url, 'small', smallCount)
    const smallTimes = new Map<Case, Times>()
    for (const one of cases) smallTimes.set(one, await timesOf(small, one))
    await small.core.close()

    const big = await seeded(url, 'big', count)
    const rows: Row[] = []
    for (const one of cases) {
      const times = await timesOf(big, one)
      const plan = await planOf(big.core, big.workspaceId, queryOf(one, 0))
      rows.push({ ...one, times, small: smallTimes.get(one)!, plan })
      console.log(lineOf(rows.at(-1)!))
    }
    await big.core.close()
    const core = createCore({ databaseUrl: big.url, secretKeys })
    const busy = await readWhileCapturing(core, big.workspaceId, cases)
    await core.close()
    const report = reportOf(count, rows, busy)
    console.log(report)
    writeFileSync(new URL('../results.md', import.meta.url), report)

    const whole = rows.filter(({ plan }) => plan.wholeTables.length > 0)
    if (whole.length === 0) return
    console.error(
      `These read whole tables: ${whole.map(({ name, plan }) => `${name} (${plan.wholeTables})`).join(', ')}`,
    )
    process.exitCode = 1
  })
}

interface Seeded {
  url: string
  core: Core
  workspaceId: string
  processor: () => number
}

async function seeded(server: string, name: string, count: number): Promise<Seeded> {
  const url = await makeDatabase(server, name)
  const core = createCore({ databaseUrl: url, secretKeys, poolSize: 1 })
  const workspaceId = await firstWorkspace(core)
  await seedLeads(url, workspaceId, count, (line) => console.log(line))
  return { url, core, workspaceId, processor: await processorOf(core) }
}

export const queryOf = ({ query }: Case, turn: number): LeadQuery => ({ limit: 50, sort: '-createdAt', ...query(turn) })

async function timesOf({ core, workspaceId, processor }: Seeded, one: Case): Promise<Times> {
  return measure(turns, (turn) => listLeads(core, workspaceId, queryOf(one, turn)), processor)
}

const ms = (time: number) => (Number.isNaN(time) ? '' : time.toFixed(1))

const lineOf = ({ group, name, goal, times, small, plan }: Row) =>
  `| ${group} | ${name} | ${ms(times.p50)} | ${ms(times.p95)} | ${times.p95 <= goal ? '' : `over ${goal}`} | ${ms(times.processor)} | ${ms(small.p95)} | ${(times.processor / small.processor || times.p50 / small.p50).toFixed(1)} | ${plan.indexes.join(', ')}${plan.wholeTables.map((table) => `, **all of ${table}**`)} |`

function reportOf(count: number, rows: Row[], { reads, captures, perSecond }: Busy): string {
  const slow = rows.filter(({ times, goal }) => times.processor > goal).length
  const over = rows.filter(({ times, goal }) => times.p95 > goal).length
  return `# Leads

Made by \`npm run bench -- leads\` on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'a processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}: ${count.toLocaleString('en')} leads in one
workspace, on the embedded Postgres as it comes (fsync on), row security forced, through \`listLeads\` in this process.
Times in ms, ${turns} calls each, pages of 50. Goals at the 95th percentile: list and filter 20, search 150, count 200.
${over === 0 ? 'All hold' : `${over} of ${rows.length} do not hold`}, at a load of ${loadavg()[0]?.toFixed(1)} on the machine (itself and all others). *Processor* is the 95th percentile of the time
that Postgres used, whoever else was running: ${slow} of ${rows.length} are over their goal by it. Then: the same with ${smallCount.toLocaleString('en')} leads, how
many times as long it takes, and the indexes of the plan; no plan reads a table whole.

| | what | p50 | p95 | goal | processor | p95 at ${smallCount.toLocaleString('en')} | ratio | indexes |
| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | --- |
${rows.map(lineOf).join('\n')}

Eight readers who ask all of this in turn, while ${perSecond} captures a second are written: reads p50 ${ms(reads.p50)}, p95 ${ms(reads.p95)};
captures p50 ${ms(captures.p50)}, p95 ${ms(captures.p95)}.
`
}
