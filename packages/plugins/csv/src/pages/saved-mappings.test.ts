import { updateField } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWizard, typedIn, type Wizard } from './testing/open-wizard.ts'

let wizard: Wizard
beforeAll(async () => {
  wizard = await openWizard()
})
afterAll(() => wizard.admin.close())

/** What is said of saved mappings: which is used, which there are, and which is chosen. */
function saidOf(page: string) {
  const [, used = null] = /Mapped as in “<b><bdi>(.*?)<\/bdi>/.exec(page) ?? []
  const [, options = ''] = /<select id="saved".*?>(.*?)<\/select>/s.exec(page) ?? []
  const ids = new Map([...options.matchAll(/value="([^"]*)"[^>]*>([^<]*)/g)].map(([, id, name]) => [name!, id!]))
  return { used, names: [...ids.keys()].slice(1), ids, typed: typedIn(page) }
}

test('a mapping is saved under a name, is said where it is used, and gives way to another or to none', async () => {
  const { open, upload, go } = wizard
  const save = async (content: string, typed: Record<string, string>) => {
    const { path, page } = await upload(content, 'people.csv')
    expect(typedIn(page.text).name).toBe('people')
    return open((await go(path, { ...typedIn(page.text), ...typed, do: 'save' })).to)
  }
  const first = await save('Mail,Wert\na@example.com,7\n', { to1: 'company', name: 'Shop' })
  expect(first.text).toContain('Saved as “Shop”, for files that have the same columns.')
  expect(saidOf(first.text)).toMatchObject({ used: 'Shop', names: ['Shop'], typed: { name: 'Shop' } })
  await save('Mail,Wert,Ort\na@example.com,7,x\n', { to1: 'note', name: 'Fair' })
  await save('E-Mail-Adresse\na@example.com\n', { name: 'Letters' })

  const next = await upload('Wert,Mail\n8,b@example.com\n')
  const found = saidOf(next.page.text)
  // That of the same columns comes first; one that knows none of them is not offered.
  expect(found).toMatchObject({ used: 'Shop', names: ['Shop', 'Fair'], typed: { to0: 'company', to1: 'email' } })
  expect(found.typed.saved).toBe(found.ids.get('Shop'))

  const use = async (name: string) => {
    const { to } = await go(`${next.path}/mapping`, { saved: found.ids.get(name) ?? '' })
    return saidOf((await open(to)).text)
  }
  expect(await use('Fair')).toMatchObject({ used: 'Fair', typed: { to0: 'note', to1: 'email' } })
  expect(await use('none')).toMatchObject({ used: null, typed: { saved: '', to0: '', to1: 'email' } })
  // Looked at again it is still said; changed, it is that mapping no more.
  const { typed } = await use('Shop')
  const looked = saidOf((await open((await go(next.path, { ...typed, mode: 'fill', do: 'look' })).to)).text)
  expect(looked).toMatchObject({ used: 'Shop', typed: { mode: 'fill', to0: 'company' } })
  const changed = saidOf((await open((await go(next.path, { ...typed, to0: 'name', do: 'look' })).to)).text)
  expect(changed).toMatchObject({ used: null, typed: { saved: '', to0: 'name' } })

  expect((await go(`${next.path}/mapping`, { saved: next.path.split('/').at(-1)! })).status).toBe(422)
  const taken = await go(next.path, { ...typed, name: 'fair', do: 'save' })
  expect([taken.status, taken.text]).toEqual([
    409,
    expect.stringMatching(/id="name-error">Another mapping, for other columns, is called so/),
  ])
  expect(typedIn(taken.text).name).toBe('fair')
  expect((await go(next.path, { ...typed, name: ' ', do: 'save' })).text).toContain('id="name-error">Give it a name.')
})

test('a field that the saved mapping made is no difference, and one that was archived since is left out', async () => {
  const { admin, open, upload, go } = wizard
  const file = 'Adresse,Schuhe\nfoot@example.com,38\n'
  const { path, page } = await upload(file)
  const typed = { ...typedIn(page.text), to0: 'email', to1: '+', name: 'Feet' }
  await go(path, { ...typed, do: 'save' })
  await go(path, { ...typed, do: 'run' })
  const again = await upload(file)
  expect(saidOf(again.page.text)).toMatchObject({ used: 'Feet', typed: { to1: 'fields.schuhe' } })
  const looked = await open((await go(again.path, { ...typedIn(again.page.text), do: 'look' })).to)
  expect(saidOf(looked.text).used).toBe('Feet')

  const by = { actor: { type: 'system' as const, id: null, name: 'Test' }, source: 'api' as const }
  await updateField(admin.nest, admin.nest.workspaceId, 'schuhe', { archived: true }, by)
  expect(saidOf((await upload(file)).page.text)).toMatchObject({ used: 'Feet', typed: { to0: 'email', to1: '' } })
})
