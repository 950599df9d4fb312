import { afterAll, beforeAll, expect, test } from 'vitest'
import { mergeLeads } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { comparingDesk } from './testing/comparing.ts'
import { by } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('by the key id the id decides; one of a merged lead is the survivor, and one that nobody has is refused', async () => {
  const { id, told, leads, add } = await comparingDesk(nest)
  const one = await add({ email: 'one@example.com', externalId: 'X1' })
  const two = await add({ email: 'two@example.com' })
  const merged = await add({ email: 'merged@example.com' })
  await mergeLeads(nest, id, { leadIds: [two, merged], dryRun: false }, by)
  const nobody = '0190a8f0-0000-7000-8000-000000000009'
  expect(
    await told(
      [
        'id\temail\texternalId\tname',
        `${one}\tone.new@example.com\tX2\tOne`,
        `${one.toUpperCase()}\t\t\tOne again`,
        `${merged}\t\t\tSurvivor`,
        `${one}\ttwo@example.com\t\tThief`,
        `${nobody}\tnew@example.com\t\tNobody`,
        '4711\tnew@example.com\t\tNobody',
        '\tone.new@example.com\t\tBy nothing',
      ],
      { key: 'id' },
    ),
  ).toEqual({
    outcomes: ['updated', 'updated', 'updated', 'failed', 'failed', 'failed', 'failed'],
    errors: [
      [4, 'email', 'identity_taken', expect.stringContaining(two)],
      [5, 'id', 'lead_not_found', 'No lead has this id.'],
      [6, 'id', 'lead_not_found', 'No lead has this id.'],
      [
        7,
        'id',
        'missing_key',
        'Nothing says who this is: “id” is empty. It has an e-mail address: import the refused rows again, by e-mail.',
      ],
    ],
  })
  expect(await leads()).toEqual(['X2 one.new@example.com - One again', '- two@example.com - Survivor'])
})

test('an id that only stands in for the key may be that of a merged lead, and says whose phone it is', async () => {
  const { id, told, leads, add } = await comparingDesk(nest)
  const phone = '+14155550100'
  const [two, three] = [
    await add({ email: 'two@example.com', phone }),
    await add({ email: 'three@example.com', phone }),
  ]
  const merged = await add({ email: 'merged@example.com' })
  await mergeLeads(nest, id, { leadIds: [two, merged], dryRun: false }, by)
  expect(await told(['id\temail\tname', `${merged}\t\tTwo`])).toEqual({ outcomes: ['updated'], errors: [] })
  expect(
    await told(
      ['id\tphone\tname', `${three}\t${phone}\tThree`, `\t${phone}\tWho`, `${merged}\t${phone}\tTwo by an old id`],
      { key: 'phone' },
    ),
  ).toEqual({
    outcomes: ['updated', 'failed', 'updated'],
    errors: [[2, 'phone', 'several_leads', expect.any(String)]],
  })
  expect(await leads()).toEqual([`- three@example.com ${phone} Three`, `- two@example.com ${phone} Two by an old id`])
})

test('a file without ids is none by the key id', async () => {
  const { imports, file } = await comparingDesk(nest)
  const { error } = await imports.preview({ fileId: await file(['email', 'a@example.com']), key: 'id' })
  expect(error).toMatchObject({ code: 'no_id_column', detail: expect.stringContaining('No column has ids of leads') })
})
