import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWizard, shown, typedIn, type Wizard } from './testing/open-wizard.ts'

let wizard: Wizard
beforeAll(async () => {
  wizard = await openWizard()
})
afterAll(() => wizard.admin.close())

/** What becomes of each row, as it is shown. */
const outcomes = (page: string) =>
  [...page.slice(page.indexOf('id="preview"')).matchAll(/<td class="figures">\d+<\/td>\s*<td>(.*?)<\/td>/gs)].map(
    ([, cell]) => shown(cell!),
  )

test('what rules make of the cells of a new lead is seen before, and what is added in words', async () => {
  const { admin, open, upload, go } = wizard
  const key = await admin.nest.key()
  await admin.request('POST /v1/leads', { key, body: { email: 'old@example.com', company: 'Old' } })
  const { path, page } = await upload(
    'email,who,tel,labels,size,company\nnew@example.com,Ada Lovelace,0151 23456789,a|b,"1.234,5",Same\nold@example.com,,,"x,y",,New\n',
  )
  const typed = typedIn(page.text)
  const rules = {
    to1: 'name:parts',
    to2: 'phone',
    country2: 'DE',
    to3: 'tags',
    to4: '+',
    type4: 'number',
    decimal4: ',',
  }
  await go(path, { ...typed, ...rules, do: 'look' })
  const { text } = await open(path)
  expect(outcomes(text)).toEqual([
    'New Phone: +4915123456789 First name: Ada Last name: Lovelace size: 1234.5 Tags: a, b',
    'Changed (known lead) Company: Old → New Tags added: x, y',
  ])
  // Whoever has looked goes on from there, and what is for the next time comes last.
  const places = ['value="look"', 'id="preview"', 'value="run"', 'For the next file'].map((one) => text.indexOf(one))
  expect(places).toEqual([...places].sort((one, other) => one - other))
})

test('fields that are called alike are told apart, and so is one that would be', async () => {
  const { admin, upload } = wizard
  const key = await admin.nest.key()
  for (const name of ['revenue', 'turnover'])
    await admin.request('POST /v1/fields', { key, body: { key: name, label: 'Umsatz', type: 'text' } })
  await admin.request('POST /v1/fields', { key, body: { key: 'shoeSize', label: 'Schuhe', type: 'text' } })
  const { page } = await upload('email,Umsatz,Schuhe,Hut\na@example.com,1,2,3\n')
  for (const label of ['Umsatz (revenue)', 'Umsatz (turnover)', 'A second field “Schuhe”', 'New field “Hut”'])
    expect(page.text).toContain(`>${label}</option>`)
})
