import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect, emptyDatabase } from './empty-database.ts'
import { newNest } from './spawned.ts'

test('the ledger of consents is verified and proved by commands, and says which row was altered', async () => {
  const url = await emptyDatabase()
  const nest = newNest({ DATABASE_URL: url })
  const server = await nest.start()
  const key = (await nest.run(['key', 'create', 'CRM'])).output.trim()
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { id: string }
  }
  const { id } = await post('leads', { email: 'ada@example.com' })
  for (const purpose of ['news', 'offers', 'events'])
    await post(`leads/${id}/consents`, {
      action: 'grant',
      channel: 'email',
      purpose,
      wording: { text: `Send me ${purpose} & <more>.`, language: 'en' },
    })
  // The worker of the server seals them, soon after they came.
  const verified = async () => (await nest.run(['consent', 'verify'])).output
  await expect.poll(verified, { timeout: 20_000 }).toMatch(/ok: 3 entries, 0 not sealed yet/)

  const head = await nest.run(['consent', 'head'])
  const kept = join(nest.folder, 'head.json')
  writeFileSync(kept, head.output)
  expect(JSON.parse(head.output)).toMatchObject({ entries: 3, signature: expect.stringMatching(/^ey/) })
  expect(await nest.run(['consent', 'verify', '--head', kept])).toMatchObject({ code: 0 })

  const proved = await nest.run(['consent', 'prove', id, '--out', 'proof'])
  expect(proved.code).toBe(0)
  const [json, page] = proved.output.trim().split('\n') as [string, string]
  expect(readFileSync(join(nest.folder, page), 'utf8')).toContain('Send me news &amp; &lt;more&gt;.')
  expect(await nest.run(['consent', 'check', json])).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      new RegExp(
        `3 entries are as they were sealed, up to row 3[^]*about lead ${id}\\. It proves what is in the file, not`,
      ),
    ),
  })
  const jwks = `${server.url}/.well-known/jwks.json`
  expect(await nest.run(['consent', 'check', json, '--jwks', jwks])).toMatchObject({ code: 0 })
  const file = join(nest.folder, json)
  writeFileSync(file, readFileSync(file, 'utf8').replace('Send me offers', 'Send me all'))
  expect(await nest.run(['consent', 'check', json])).toMatchObject({
    code: 1,
    output: expect.stringContaining('is not what was sealed'),
  })

  const owner = await connect(url)
  onTestFinished(() => owner.end())
  const alter = (statement: string) => owner.query(`alter table consents no force row level security; ${statement}`)
  await expect(alter(`update consents set payload = replace(payload, 'offers', 'all')`)).rejects.toThrow(
    /only ever added/,
  )
  await alter(`alter table consents disable trigger user;
    update consents set payload = replace(payload, 'offers', 'all') where payload like '%offers%'`)
  expect(await nest.run(['consent', 'verify'])).toMatchObject({
    code: 1,
    output: expect.stringMatching(/altered: row 2, entry \S+: The entry was altered/),
  })
  expect(await nest.run(['consent', 'prove', 'nobody'])).toMatchObject({ code: 1 })
}, 60_000)
