import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('text that Postgres cannot hold is refused where it stands, and replaced in the name of a file', async () => {
  const { imports, file } = await importDesk(nest)
  const fileId = await file(['email', 'ada@example.com'])
  for (const bad of ['\u0000', '\ud800']) {
    for (const [input, path] of [
      [{ mapping: { email: { to: 'email', default: bad } } }, 'mapping.email.default'],
      [{ mapping: { [`a${bad}`]: 'email' } }, 'mapping'],
      [{ options: { quote: bad } }, 'options.quote'],
    ] as const)
      for (const ask of [imports.preview({ fileId, ...input }), imports.begin({ fileId, ...input }, by)])
        await expect(ask).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path }] })
    const stored = await imports.store(bytes(), { name: `a${bad}.tsv` })
    expect(stored.name).toBe('a\ufffd.tsv')
  }
})

async function* bytes() {
  yield Buffer.from('email')
}
