import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, openWizard, typedIn, type Wizard } from './testing/open-wizard.ts'

let admin: Wizard['admin']
let open: Wizard['open']
let upload: Wizard['upload']
let go: Wizard['go']
beforeAll(async () => {
  ;({ admin, open, upload, go } = await openWizard())
})
afterAll(() => admin.close())

test('a file that is read otherwise is seen before its mapping is saved, or it is imported', async () => {
  for (const what of ['save', 'dry', 'run']) {
    const { path, page } = await upload(`email,a\n${what}@example.com,x\n`, `${what}.csv`)
    const { to } = await go(path, { ...typedIn(page.text), encoding: 'windows-1252', do: what })
    const looked = (await open(to)).text
    expect(looked).toContain('The file is read otherwise now, and nothing is done yet.')
    expect(looked).toMatch(/<option value="windows-1252" selected>.*<b>New<\/b>/s)
    expect((await go(path, { ...typedIn(looked), do: 'look' })).to).toBe(`${path}#preview`)
  }
  const list = (await open(at)).text
  expect(list).not.toContain('Saved mappings')
  expect(list).not.toMatch(/(save|dry|run)\.csv/)
})

test('what is wrong with a column stands at its own, also where another is called so with something behind it', async () => {
  const { path, page } = await upload('email,a,a.b,a.b.c\ndots@example.com,1,2,3\n')
  const typed = { ...typedIn(page.text), to1: '', to2: '', to3: '' }
  for (const i of [1, 2, 3]) {
    const wrong = await go(path, { ...typed, [`to${i}`]: 'fields.none', do: 'look' })
    expect([i, wrong.status, /id="(to\d)-error">“(.*?)”/.exec(wrong.text)?.slice(1)]).toEqual([
      i,
      422,
      [`to${i}`, ['', 'a', 'a.b', 'a.b.c'][i]],
    ])
  }
})

test('a phone number that cannot be read asks for the country at its control, without the words of the API', async () => {
  const { page } = await upload('email,Telefon\nno@example.com,030 / 90 18 20 (B)\n')
  expect(page.text).toContain('Country of numbers without a +</label>')
  expect(page.text).toContain('Choose the country of numbers without a + at this column')
})

test('a file and rows at once are refused, and none of them is taken', async () => {
  const { status, page } = await upload('email\nfile@example.com\n', 'file.csv', 'email\npasted@example.com\n')
  expect([status, page.text]).toEqual([
    422,
    expect.stringMatching(/id="file"[^>]*aria-invalid="true".*id="file-error">Send a file or paste rows, not both\./s),
  ])
})

test('a file that is UTF-8 but for one row is not imported in another encoding before somebody chose it', async () => {
  const rows = [Buffer.from('email,name\nrene@example.com,René\n'), Buffer.from('zoe@example.com,Zo\xeb\n', 'latin1')]
  const { path, page } = await upload(new Uint8Array(Buffer.concat(rows)))
  expect(page.text).toMatch(/This is not UTF-8: byte \d+, row 2, line 3\. Most of it is: mend that place\./)
  expect(page.text).not.toContain('value="run"')
  await go(path, { ...typedIn(page.text), encoding: 'windows-1252', do: 'look' })
  expect((await open(path)).text).toContain('value="run"')
})
