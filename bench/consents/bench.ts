import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import {
  type Actor,
  type Core,
  captureLead,
  createCore,
  createWorkspace,
  findForm,
  sealConsents,
  updateForm,
  verifyConsents,
} from '@leadnest/core'
import { makeDatabase, withPostgres } from '../database.ts'
import { timesOf } from '../measure.ts'

const secretKeys = ['a secret of benches, 32 characters']
const callers = 64
const seconds = 3
/** Each kind has so many slices, in turn, so that what else runs on the machine meets all of them. */
const rounds = 8
const actor: Actor = { type: 'system', id: null, name: null }

interface Kind {
  name: string
  workspaceId: string
  consents: { channel: string; purpose: string; wordingId: string }[]
  sealed: boolean
  rates: number[]
  times: number[]
}

/** Captures at full load: without consents, with one each, and with one each while a worker seals them. */
export async function benchConsents(): Promise<void> {
  await withPostgres(async ({ url }) => {
    const databaseUrl = await makeDatabase(url, 'consents')
    const core = createCore({ databaseUrl, secretKeys })
    // A worker has connections of its own.
    const worker = createCore({ databaseUrl, secretKeys, poolSize: 2 })
    const kinds = [
      await newKind(core, { name: 'no consent', consents: 0, sealed: false }),
      await newKind(core, { name: 'a consent each', consents: 1, sealed: false }),
      await newKind(core, { name: 'a consent each, sealed meanwhile', consents: 1, sealed: true }),
    ]
    for (const kind of kinds) await slice(core, worker, kind, 'warm')
    for (const kind of kinds) [kind.rates, kind.times] = [[], []]
    for (let round = 0; round < rounds; round++)
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) await slice(core, worker, kind, `r${round}`)
    const sealed = kinds[2]!
    await sealConsents(worker, sealed)
    const begin = performance.now()
    const { entries, failure } = await verifyConsents(core, sealed.workspaceId)
    if (failure) throw new Error(`The ledger does not verify: ${failure.what}`)
    const report = reportOf(kinds, entries, performance.now() - begin)
    console.log(report)
    writeFileSync(new URL('../consents.md', import.meta.url), report)
    await Promise.all([core.close(), worker.close()])
  })
}

async function newKind(
  core: Core,
  { name, consents, sealed }: { name: string; consents: number; sealed: boolean },
): Promise<Kind> {
  const { id: workspaceId } = await createWorkspace(core, { name })
  const { form } = await findForm(core, 'contact', workspaceId)
  const box = {
    channel: 'email',
    purpose: 'newsletter',
    text: 'Yes, send me the newsletter once a month.',
    required: false,
  }
  const boxes = Array.from({ length: consents }, () => box)
  const { consents: made } = await updateForm(
    core,
    workspaceId,
    form.id,
    { consents: boxes },
    { actor, source: 'command' },
  )
  const given = made.map(({ id, channel, purpose }) => ({ channel, purpose, wordingId: id }))
  return { name, workspaceId, consents: given, sealed, rates: [], times: [] }
}

/** Everybody sends again as soon as they are answered, for some seconds. */
async function slice(core: Core, worker: Core, kind: Kind, label: string): Promise<void> {
  const { workspaceId, consents, sealed } = kind
  const found = await findForm(core, 'contact', workspaceId)
  const begin = performance.now()
  const until = begin + seconds * 1000
  const before = kind.times.length
  const send = async (_: unknown, caller: number) => {
    for (let turn = 0; performance.now() < until; turn++) {
      const sent = performance.now()
      const fields = { email: `${label}.${caller}.${turn}@example.com`, name: 'New', message: 'Hello' }
      await captureLead(core, found, { fields, consents }, { actor, source: 'api', trusted: true })
      kind.times.push(performance.now() - sent)
    }
  }
  // As often as the job runs while consents come in.
  const seal = async () => {
    while (sealed && performance.now() < until) {
      await sealConsents(worker, { workspaceId })
      await new Promise((done) => setTimeout(done, Math.min(1000, Math.max(0, until - performance.now()))))
    }
  }
  await Promise.all([...Array.from({ length: callers }, send), seal()])
  kind.rates.push(((kind.times.length - before) / (performance.now() - begin)) * 1000)
}

const median = (values: number[]) => timesOf(values).p50

function reportOf(kinds: Kind[], entries: number, verified: number): string {
  const lines = kinds.map(({ name, rates, times }, i) => {
    const { p50, p95 } = timesOf(times)
    // Slices of a round met the same load, so each is compared with its neighbour.
    const ratios = i === 0 ? [] : rates.map((rate, round) => rate / kinds[i - 1]!.rates[round]!)
    const ratio = i === 0 ? '' : median(ratios).toFixed(2)
    return `| ${name} | ${Math.round(median(rates))} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${ratio} |`
  })
  return `# Consents

Made by \`npm run bench -- consents\` on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'a processor'}, Node ${process.versions.node}: ${callers} callers of
\`captureLead\` in this process, each sending again as soon as it is answered, on the embedded Postgres as it comes (fsync on), at a
load of ${loadavg()[0]?.toFixed(1)} on the machine (itself and all others). ${rounds} slices of ${seconds} s of each kind, in turn; the last column is the
median of the ratios to the kind above it in the same round.

| captures with | a second | p50, ms | p95, ms | ratio |
| --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}

\`verify\` read the ${entries.toLocaleString('en')} entries that were sealed in ${(verified / 1000).toFixed(1)} s.
`
}
