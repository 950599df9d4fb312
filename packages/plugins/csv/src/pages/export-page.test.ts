import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, openWizard, type Wizard } from './testing/open-wizard.ts'

let wizard: Wizard
beforeAll(async () => {
  wizard = await openWizard()
})
afterAll(() => wizard.admin.close())

test('a file that is gone says why: its time is over, or somebody was erased', async () => {
  const { admin, open, go } = wizard
  const key = await admin.nest.key()
  const { json } = await admin.request('POST /v1/leads', { key, body: { email: 'ada@example.com' } })
  await go(`${at}/exports`, { column: 'email' })
  const made = (await open(`${at}/exports`)).text
  expect(made).toMatch(
    /They are kept for a day, those of schedules for seven.*\/file" download>.*<small class="muted">until/s,
  )
  await admin.request(`POST /v1/leads/${json.id}/erase`, { key, body: { reason: 'asked' } })
  expect((await open(`${at}/exports`)).text).toContain('Removed, as somebody was erased since: export again')
  await admin.nest.clock.set(new Date(Date.now() + 86_400_000 + 60_000).toISOString())
  const { text } = await open(`${at}/exports`)
  expect(text).toContain('Its time is over')
  expect(text).not.toContain('Removed')
})

test('all columns are ticked at once, or none, and those that are called alike have their keys beside them', async () => {
  const { admin, open } = wizard
  const key = await admin.nest.key()
  for (const name of ['revenue', 'turnover'])
    await admin.request('POST /v1/fields', { key, body: { key: name, label: 'Umsatz', type: 'text' } })
  const ticked = async (query: string) => (await open(`${at}/exports${query}`)).text.match(/ checked>/g)?.length ?? 0
  const all = (await open(`${at}/exports`)).text
  expect(all).toMatch(/<bdi>Umsatz \(fields\.revenue\)<\/bdi>.*<bdi>Umsatz \(fields\.turnover\)<\/bdi>/s)
  expect(await ticked('')).toBeLessThan(await ticked('?ticked=all'))
  expect(await ticked('?ticked=all')).toBe(all.match(/type="checkbox"/g)!.length)
  expect(await ticked('?ticked=none')).toBe(0)
})
