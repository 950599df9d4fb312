import { availableParallelism } from 'node:os'
import { captureLead, createCore, findForm, firstWorkspace, issueFormToken } from '@leadnest/core'
import { makeDatabase, withPostgres } from '../database.ts'

const connections = 64
const seconds = 4
const rounds = 4

/** How a visitor's captures are treated, from the least work to the most. */
const modes = {
  'trusted door, not judged': { trusted: true, holdRepeats: true },
  'judged by itself': { trusted: false, holdRepeats: false },
  'and compared with others': { trusted: false, holdRepeats: true },
}
type Mode = keyof typeof modes

/**
 * What the rules against spam cost: the same captures through a trusted door, judged by what each says, and compared with
 * others too. In turns, so that all meet the same machine; the processor's time of this process says more on a busy one.
 * Without HTTP.
 */
export async function benchSpam(): Promise<void> {
  await withPostgres(async ({ url }) => {
    const core = createCore({
      databaseUrl: await makeDatabase(url, 'bench_spam'),
      secretKeys: ['a secret of the bench, 32 characters long'],
    })
    const { workspaceId, form } = await findForm(core, 'contact', await firstWorkspace(core))
    const earlier = { ...core, now: () => new Date(Date.now() - 60_000) }
    let n = 0

    async function visit({ trusted, holdRepeats }: (typeof modes)[Mode]): Promise<boolean> {
      const i = ++n
      // Words of its own for each, as people have them: 12 of 20,000.
      const message = Array.from({ length: 12 }, (_, k) => `word${(i * 7919 + k * 104729) % 20_000}`).join(' ')
      const { result } = await captureLead(
        core,
        { workspaceId, form: { ...form, spam: { ...form.spam, holdRepeats } } },
        {
          fields: { name: `Person ${i}`, email: `person${i}@example.com`, message },
          token: issueFormToken(earlier, form.id),
        },
        {
          actor: { type: 'visitor', id: null, name: null },
          source: 'form',
          trusted,
          client: {
            address: `198.51.${(i >> 8) & 255}.${i & 255}`,
            userAgent: 'Mozilla/5.0 (X11) Gecko Firefox/140.0',
          },
        },
      )
      return result.status === 'accepted'
    }

    async function run(mode: Mode) {
      const until = performance.now() + seconds * 1000
      const before = process.cpuUsage()
      let [done, held] = [0, 0]
      const loop = async () => {
        while (performance.now() < until) {
          if (!(await visit(modes[mode]))) held++
          done++
        }
      }
      await Promise.all(Array.from({ length: connections }, loop))
      const { user, system } = process.cpuUsage(before)
      return { rate: done / seconds, processor: (user + system) / done, held }
    }

    const names = Object.keys(modes) as Mode[]
    const runs = Object.fromEntries(names.map((mode) => [mode, []])) as unknown as Record<
      Mode,
      Awaited<ReturnType<typeof run>>[]
    >
    for (const mode of names) await run(mode)
    for (let round = 0; round < rounds; round++) for (const mode of names) runs[mode].push(await run(mode))

    const middle = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1]!
    const rateOf = (mode: Mode) => middle(runs[mode].map(({ rate }) => rate))
    console.log(`${availableParallelism()} cores, ${connections} at once, ${rounds} times ${seconds} s each, in turns`)
    for (const mode of names) {
      const processor = middle(runs[mode].map((one) => one.processor))
      const held = runs[mode].reduce((sum, one) => sum + one.held, 0)
      console.log(
        `${mode.padEnd(26)} ${rateOf(mode).toFixed(0).padStart(6)}/s  ${(rateOf(mode) / rateOf(names[0]!)).toFixed(2)}  ${processor.toFixed(0)} µs of the processor each, ${held} held`,
      )
    }
    await core.close()
  })
}
