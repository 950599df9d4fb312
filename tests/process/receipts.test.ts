import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, newNest } from './spawned.ts'

test('`leadnest receipts verify` checks offline, by the local key or by a key set, and says why not', async () => {
  const nest = newNest()
  const server = await nest.start()
  const { submit } = await clientOf(nest, server)
  const { id, receipt } = (await submit('ada@example.com')).body
  const keySet = `${server.url}/.well-known/jwks.json`
  const file = join(nest.folder, 'jwks.json')
  writeFileSync(file, await (await fetch(keySet)).text())
  const foreign = newNest()

  expect(await foreign.run(['receipts', 'verify', receipt, '--jwks', keySet])).toMatchObject({ code: 0 })
  await server.stop()
  const said = {
    code: 0,
    output: expect.stringMatching(new RegExp(`^submission ${id}\nform +\\S+\naccepted +20\\S+Z\n`)),
  }
  expect(await nest.run(['receipts', 'verify', receipt])).toMatchObject(said)
  expect(await nest.run(['receipts', 'verify', '-'], { input: `${receipt}\n` })).toMatchObject(said)
  writeFileSync(join(nest.folder, 'receipt.txt'), `${receipt}\n`)
  expect(await nest.run(['receipts', 'verify', 'receipt.txt', '--jwks', file])).toMatchObject(said)
  expect(nest.postgres().alive).toBe(false)

  for (const [nests, args, why] of [
    [foreign, [receipt], 'a key that is not one of these'],
    [nest, [receipt.slice(0, -2)], 'not whole'],
    [nest, [receipt.replace('.', '.e')], 'no receipt of these keys'],
    [nest, ['missing.txt'], 'not whole'],
    [nest, [receipt, '--jwks', 'missing.json'], '--jwks: missing.json cannot be read'],
    [nest, [receipt, '--jwks', 'receipt.txt'], '--jwks: receipt.txt cannot be read'],
    [nest, [receipt, '--jwks', keySet], '--jwks: http'],
  ] as const) {
    const refused = await nests.run(['receipts', 'verify', ...args])
    expect([args, refused]).toMatchObject([args, { code: 1, output: expect.stringContaining(why) }])
  }
}, 40_000)
