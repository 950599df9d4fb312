import { expect, test } from 'vitest'
import { type Client, client, clientOf, isAlive, newNest, type Row } from './spawned.ts'

const submitters = 16
/** How many answers the server gives before it is ended. */
const answersPerRound = 250

interface Ledger {
  /** E-mail → id of the submission, as the server answered. */
  answered: Map<string, string>
  /** Sent, and nobody knows what became of it. */
  unanswered: string[]
}

test('whatever ends the server under load, no answered submission is lost and none is there twice', async () => {
  const nest = newNest()
  let server = await nest.start()
  const { key } = await clientOf(nest, server)
  const ledger: Ledger = { answered: new Map(), unanswered: [] }

  for (const signal of ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    const before = ledger.answered.size
    const load = hammer(client(server.url, key), ledger, `${signal}${before}`)
    await expect
      .poll(() => ledger.answered.size - before, { interval: 5, timeout: 10_000 })
      .toBeGreaterThan(answersPerRound)
    const postgres = nest.postgres()
    await server.stop(signal)
    await load
    expect(isAlive(postgres.pid)).toBe(signal === 'SIGKILL')

    server = await nest.start()
    expect(server.output().includes('(was already running)')).toBe(signal === 'SIGKILL')
    if (signal === 'SIGKILL') expect(nest.postgres().pid).toBe(postgres.pid)
    const { submit } = client(server.url, key)
    for (const email of ledger.unanswered.splice(0)) {
      const { status, body } = await submit(email)
      expect(status).toBe(201)
      ledger.answered.set(email, body.id)
    }
    // Who is not sure asks again: whatever was answered before is answered the same.
    for (const [email, id] of [...ledger.answered].slice(-submitters))
      expect(await submit(email)).toMatchObject({ status: 201, body: { id } })
  }

  const { leads, timeline } = client(server.url, key)
  const found = new Map((await leads()).map(({ id, email }) => [email, id]))
  expect((await leads()).length).toBe(found.size)
  expect([...found.keys()].sort()).toEqual([...ledger.answered.keys()].sort())

  const events: Row[] = []
  await inLanes([...found.values()], async (leadId) => void events.push(...(await timeline(leadId))))
  expect(events.map(({ type }) => type)).toEqual(events.map(() => 'lead.captured'))
  const told = events.map(({ leadId, data }) => `${leadId} ${data.submissionId}`)
  expect(told.sort()).toEqual([...ledger.answered].map(([email, id]) => `${found.get(email)} ${id}`).sort())
}, 40_000)

/** Submits until the server is gone. */
async function hammer({ submit }: Client, ledger: Ledger, round: string): Promise<void> {
  const lane = async (submitter: number) => {
    for (let n = 0; ; n++) {
      const email = `${round}-${submitter}-${n}@ledger.test`.toLowerCase()
      try {
        const { status, body } = await submit(email)
        expect({ status, body }).toMatchObject({ status: 201, body: { status: 'accepted' } })
        ledger.answered.set(email, body.id)
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error
        ledger.unanswered.push(email)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: submitters }, (_, submitter) => lane(submitter)))
}

async function inLanes<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let item = items.pop(); item !== undefined; item = items.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: 16 }, lane))
}
