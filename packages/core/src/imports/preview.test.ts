import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('a preview tells tags, notes and consents that would be added, and its mapping the same way where it fails', async () => {
  const { imports, file } = await importDesk(nest)
  const text =
    'email\ttags\tnote\tok\tmore\na@example.com\tVIP\tCall back\tyes\tx\na@example.com\tVIP\tCall back\tno\tx'
  const mapping = {
    email: 'email',
    tags: { to: 'tags' },
    note: 'note',
    ok: { to: 'consent', channel: 'email', purpose: 'news', wording: 'Yes.' },
    more: 'ignore',
  }
  const preview = await imports.preview({ fileId: await file(text), mapping })
  expect(preview.rows).toMatchObject([
    {
      changes: {
        email: [null, 'a@example.com'],
        tags: [[], ['VIP']],
        notes: [[], ['Call back']],
        consents: [[], ['email news: yes']],
      },
    },
    { changes: { consents: [[], ['email news: no']] } },
  ])
  expect(Object.keys(preview.rows[1]!.changes)).toEqual(['consents'])
  const failing = await imports.preview({ fileId: await file(text), mapping, key: 'phone' })
  expect(failing.error).toMatchObject({ code: 'no_phone_column' })
  expect(failing.mapping).toEqual(preview.mapping)
  expect(failing.ignoredColumns).toEqual(preview.ignoredColumns)
})
