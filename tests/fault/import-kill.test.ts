import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { client, clientOf, newNest, type Row, type Server } from '../process/spawned.ts'

const kills = 50
const rows = 100_000
/** Every tenth person is known before. */
const known = 10_000
const wrong = 100
const repeated = 1_000
const total = rows + wrong + repeated

const email = (i: number) => `p${i}@example.com`
const hasNote = (i: number) => i % 500 === 0

/** Some lines are wrong, and some people come again at its end. */
const text = [
  'email,name,note',
  ...Array.from({ length: rows }, (_, i) => `${email(i)},Person ${i},${hasNote(i) ? 'Seen' : ''}`),
  ...Array.from({ length: wrong }, (_, i) => `no address ${i},Nobody,`),
  ...Array.from({ length: repeated }, (_, i) => `${email(i * 7)},Person ${i * 7},`),
].join('\n')
const before = ['email,name', ...Array.from({ length: known }, (_, i) => `${email(i * 10)},Old ${i}`)].join('\n')

interface State {
  id: string
  finishedAt: string | null
  created: number
  updated: number
  skipped: number
  failed: number
}

test(`100,000 rows and ${kills} × \`kill -9\` of server and worker, some while it rests: exactly 100,000 leads, and the counts of an undisturbed import (R12)`, async ({
  annotate,
}) => {
  const nest = newNest({ RATE_LIMIT_IMPORT_PER_MINUTE: '0' })
  const plugin = fileURLToPath(new URL('../../packages/plugins/csv/dist/index.js', import.meta.url))
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(plugin)}\nexport default { plugins: [csv()] }`,
  )
  let server: Server = await nest.start()
  const { key } = await clientOf(nest, server)
  const ask = async <T>(path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    return (await (await fetch(`${server.url}/v1${path}`, { ...init, headers })).json()) as T
  }
  const begin = (body: string, query = '') =>
    ask<State>(`/imports${query}`, { method: 'POST', body, headers: { 'content-type': 'text/csv' } })
  const stateOf = (id: string) => ask<State>(`/imports/${id}`)
  const act = (id: string, what: 'pause' | 'resume') => ask<State>(`/imports/${id}/${what}`, { method: 'POST' })
  const outcomeOf = async ({ id }: State) => {
    await expect.poll(async () => (await stateOf(id)).finishedAt, { timeout: 120_000, interval: 200 }).toBeTruthy()
    return stateOf(id)
  }
  const doneOf = ({ created, updated, skipped, failed }: State) => created + updated + skipped + failed
  expect(await outcomeOf(await begin(before))).toMatchObject({ created: known, failed: 0 })

  const { id } = await begin(text)
  const since = performance.now()
  let atWork = 0
  for (let kill = 0; kill < kills; kill++) {
    const from = doneOf(await stateOf(id))
    // After no more than a part of what is left, so that the next kills meet it too; every fifth by the clock: often it has not gone on yet.
    const rest = Math.random() * ((total - from) / (kills - kill))
    const until = performance.now() + (kill % 5 === 4 ? Math.random() * 4000 : 60_000)
    let state = await stateOf(id)
    while (doneOf(state) <= from + rest && performance.now() < until) {
      await new Promise((done) => setTimeout(done, Math.random() * 20))
      state = await stateOf(id)
    }
    expect(state.finishedAt, `before kill ${kill + 1}`).toBeNull()
    if (doneOf(state) > from) atWork++
    const rests = kill % 10 === 7
    const paused = rests && (await act(id, 'pause'))
    await server.stop('SIGKILL')
    server = await nest.start()
    if (!rests) continue
    expect(await stateOf(id)).toEqual(paused)
    await act(id, 'resume')
  }
  expect(atWork).toBeGreaterThanOrEqual(kills * 0.8)
  const outcome = await outcomeOf(await stateOf(id))
  await annotate(
    `${kills} kills, ${atWork} of them while it wrote, in ${Math.round((performance.now() - since) / 1000)} s`,
  )
  expect(outcome).toMatchObject({
    status: 'succeeded',
    total,
    created: rows - known,
    updated: known,
    skipped: repeated,
    failed: wrong,
  })

  const { leads, events } = client(server.url, key)
  const found = await leads()
  expect(found.map(({ email, name }) => `${email} ${name}`).sort()).toEqual(
    Array.from({ length: rows }, (_, i) => `${email(i)} Person ${i}`).sort(),
  )
  const ids = new Map(found.map(({ id, email }) => [id, email]))
  const emailsOf = (all: Row[]) => all.map(({ leadId }) => ids.get(leadId)).sort()
  expect(emailsOf(await events('lead.created'))).toEqual(Array.from({ length: rows }, (_, i) => email(i)).sort())
  expect(emailsOf(await events('lead.updated'))).toEqual(Array.from({ length: known }, (_, i) => email(i * 10)).sort())
  for (const { id } of found.filter(({ email }) => hasNote(Number(email.slice(1, -12)))))
    expect((await ask<{ data: { body: string }[] }>(`/leads/${id}/notes`)).data).toMatchObject([{ body: 'Seen' }])
}, 900_000)
