import { expect, test } from 'vitest'
import { emptyDatabase } from './empty-database.ts'
import { newNest } from './spawned.ts'

test('two server processes share the limits of requests and of failed log-ins', async () => {
  const nest = newNest({ DATABASE_URL: await emptyDatabase(), RATE_LIMIT_PER_MINUTE: '200' })
  const urls = [(await nest.start()).url, (await nest.start(['--no-worker'])).url]
  const answers = async (count: number, ask: (url: string, i: number) => Promise<Response>) => {
    const statuses: number[] = []
    for (let i = 0; i < count; i += 20)
      statuses.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(20, count - i) }, async (_, j) => (await ask(urls[j % 2]!, i + j)).status),
        )),
      )
    return (status: number) => statuses.filter((one) => one === status).length
  }

  const logins = await answers(24, (url, i) =>
    fetch(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `guess${i}@example.com`, password: 'wrong horse battery' }),
    }),
  )
  expect([logins(401), logins(429)]).toEqual([10, 14])

  const lists = await answers(400, (url, i) =>
    fetch(`${url}/v1/leads`, { headers: { 'x-forwarded-for': `203.0.113.${i % 256}` } }),
  )
  expect(lists(401) + 24).toBeGreaterThanOrEqual(190)
  expect(lists(401) + 24).toBeLessThanOrEqual(210)
  expect(lists(401) + lists(429)).toBe(400)
})
