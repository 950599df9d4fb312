import { expect, test } from 'vitest'
import { client, clientOf, newNest } from '../process/spawned.ts'

const kills = 50
const lanes = 8
/** How long a key may stay claimed by a request that is gone, in ms. */
const lease = 60_000

interface Sent {
  name: string
  killedAt: number
}

test('50 × `kill -9` with requests in flight: a key never makes a second lead, and is free again within a minute', async () => {
  const nest = newNest()
  let server = await nest.start()
  const { key } = await clientOf(nest, server)
  /** Of a name alone nobody is known, so each time that it is carried out is one more lead. */
  const create = async (name: string) => {
    const answer = await fetch(`${server.url}/v1/leads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name },
      body: JSON.stringify({ name }),
    })
    return { status: answer.status, body: (await answer.json()) as { id: string; code?: string } }
  }
  const answered = new Map<string, string>()
  let unanswered: Sent[] = []
  let [interrupted, stuck, longest] = [0, 0, 0]

  async function hammer(kill: number): Promise<string[]> {
    const lost: string[] = []
    const lane = async (lane: number) => {
      for (let n = 0; ; n++) {
        const name = `kill ${kill} ${lane} ${n}`
        const answer = await create(name).catch(() => undefined)
        if (!answer) return void lost.push(name)
        expect(answer.status).toBe(201)
        answered.set(name, answer.body.id)
      }
    }
    await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)))
    return lost
  }

  /** Asks again for what got no answer; what is still claimed stays. */
  async function askAgain() {
    const still: Sent[] = []
    for (const sent of unanswered) {
      const age = performance.now() - sent.killedAt
      const { status, body } = await create(sent.name)
      if (status === 201) {
        answered.set(sent.name, body.id)
      } else {
        expect([status, body.code]).toEqual([409, 'idempotency_in_flight'])
        expect(age).toBeLessThan(lease)
        longest = Math.max(longest, age)
        still.push(sent)
      }
    }
    unanswered = still
  }

  for (let kill = 0; kill < kills; kill++) {
    const load = hammer(kill)
    await new Promise((done) => setTimeout(done, 10 + Math.random() * 200))
    await server.stop('SIGKILL')
    const killedAt = performance.now()
    const lost = await load
    interrupted += lost.length
    server = await nest.start()
    const before = unanswered.length
    unanswered.push(...lost.map((name) => ({ name, killedAt })))
    await askAgain()
    stuck += Math.max(0, unanswered.length - before)
  }
  while (unanswered.length > 0) {
    await new Promise((done) => setTimeout(done, 1000))
    await askAgain()
  }

  // Each name is one lead, and the one that was answered.
  for (const [name, id] of [...answered].slice(-100)) expect((await create(name)).body.id).toBe(id)
  const found = (await client(server.url, key).leads()).map(({ id, name }) => `${name} ${id}`)
  expect(found.sort()).toEqual([...answered].map(([name, id]) => `${name} ${id}`).sort())
  expect(interrupted).toBeGreaterThan(kills)
  console.log(
    `${answered.size} leads, ${interrupted} requests cut off, at least ${stuck} keys stuck, refused for ${Math.round(longest / 1000)} s at most`,
  )
}, 600_000)
