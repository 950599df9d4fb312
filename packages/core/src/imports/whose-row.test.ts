import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { comparingDesk } from './testing/comparing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('the key decides: what else a row tells may be changed, but is not taken from another lead', async () => {
  const { told, leads, add } = await comparingDesk(nest)
  const one = await add({ externalId: 'X1', email: 'one@example.com' })
  const two = await add({ externalId: 'X2', email: 'two@example.com', phone: '+14155550102' })
  await add({ email: 'blank@example.com' })
  expect(
    await told(
      [
        'externalId\temail\tphone\tname',
        'X1\tnew@example.com\t\tMoved',
        'X1\ttwo@example.com\t\tThief',
        'X3\tTWO@example.com\t\tThief',
        'X4\t\t+14155550102\tThief',
        'X5\tblank@example.com\t\tLearned',
        'X1\tnew@example.com\t+14155550102\tShares a phone',
      ],
      { key: 'externalId' },
    ),
  ).toEqual({
    outcomes: ['updated', 'failed', 'failed', 'failed', 'updated', 'updated'],
    errors: [
      [
        2,
        'email',
        'identity_taken',
        `This e-mail address is that of the lead ${two}, and the key says that they are two people.`,
      ],
      [3, 'email', 'identity_taken', expect.stringContaining(two)],
      [4, 'phone', 'identity_taken', expect.stringContaining(two)],
    ],
  })
  expect(await leads()).toEqual([
    'X1 new@example.com +14155550102 Shares a phone',
    'X2 two@example.com +14155550102 -',
    'X5 blank@example.com - Learned',
  ])
  // By the e-mail, if that is the key.
  expect(
    await told([
      'externalId\temail\tname',
      'X2\tnew@example.com\tThief',
      'X1\tunknown@example.com\tThief',
      'X7\ttwo@example.com\tAnother person',
      'X2\ttwo@example.com\tTwo',
    ]),
  ).toEqual({
    outcomes: ['failed', 'failed', 'failed', 'updated'],
    errors: [
      [1, 'externalId', 'identity_taken', expect.stringContaining(two)],
      [2, 'externalId', 'identity_taken', expect.stringContaining(one)],
      [3, 'externalId', 'has_another', `This is the lead ${two}, who has another external id.`],
    ],
  })
  expect(await leads()).toEqual([
    'X1 new@example.com +14155550102 Shares a phone',
    'X2 two@example.com +14155550102 Two',
    'X5 blank@example.com - Learned',
  ])
})

test('two people of a file who share an address: the second is refused, and told by the row of the first', async () => {
  const { told, leads } = await comparingDesk(nest)
  const file = ['externalId\temail\tname', 'F1\ta@example.com\tFirst', 'F2\ta@example.com\tSecond']
  expect(await told(file, { key: 'externalId', mode: 'create' })).toEqual({
    outcomes: ['created', 'failed'],
    errors: [
      [
        2,
        'email',
        'identity_taken',
        'This e-mail address is that of row 1 of the file, and the key says that they are two people.',
      ],
    ],
  })
  expect(await leads()).toEqual(['F1 a@example.com - First'])
})

test('somebody twice in a file is told by the row that was there first, whom the file adds or not', async () => {
  const { told, add } = await comparingDesk(nest)
  const known = await add({ email: 'known@example.com' })
  const file = ['email\tname', 'a@example.com\tA', 'known@example.com\tK', 'a@example.com\tB']
  expect(await told(file, { mode: 'create' })).toEqual({
    outcomes: ['created', 'failed', 'failed'],
    errors: [
      [2, undefined, 'lead_exists', `Known already: this is the lead ${known}.`],
      [3, undefined, 'lead_exists', 'Known already: this is row 1 of the file.'],
    ],
  })
})

test('a dry run names the row of the file also where that is batches ago', async () => {
  const { run } = await importDesk(nest)
  const rows = Array.from({ length: 1600 }, (_, i) => `p${i}@example.com\tP`)
  const { errors } = await run(['email\tname', ...rows, 'p2@example.com\tOther'], { mode: 'create', dryRun: true })
  expect(errors).toMatchObject([
    { row: 1601, code: 'lead_exists', detail: 'Known already: this is row 3 of the file.' },
  ])
})

test('a dry run finds by a phone who has it when those before them have another one since, batches ago', async () => {
  const { id, run } = await importDesk(nest)
  const add = (said: object) => createLead(nest, id, { fields: {}, ...said }, by)
  const [shared, other] = ['+14155550100', '+14155550101']
  await add({ externalId: 'A', email: 'a@example.com', phone: shared })
  await add({ email: 'b@example.com', phone: shared })
  const others = Array.from({ length: 500 }, (_, i) => `more${i}\t`)
  const lines = ['externalId\tphone', `A\t${other}`, ...others, `B\t${shared}`]
  const counts = { created: 500, updated: 2, failed: 0 }
  expect(await run(lines, { key: 'externalId', dryRun: true })).toMatchObject(counts)
  expect(await run(lines, { key: 'externalId' })).toMatchObject(counts)
})

test('a phone that is the key names one lead, whatever the e-mail; of several the row has to say which', async () => {
  const { told, leads, add } = await comparingDesk(nest)
  const [shared, one] = ['+14155550100', '+14155550101']
  await add({ phone: one, email: 'one@example.com' })
  await add({ phone: shared, email: 'two@example.com' })
  await add({ phone: shared, email: 'three@example.com' })
  expect(
    await told(
      [
        'phone\temail\tname',
        `${one}\tone.new@example.com\tOne`,
        `${one}\ttwo@example.com\tThief`,
        `${shared}\ttwo@example.com\tTwo`,
        `${shared}\tfour@example.com\tWho`,
        `${shared}\t\tWho`,
        '+14155550102\ta@example.com\tA',
        '+14155550102\tb@example.com\tB',
      ],
      { key: 'phone' },
    ),
  ).toEqual({
    outcomes: ['updated', 'failed', 'updated', 'failed', 'failed', 'created', 'updated'],
    errors: [
      [2, 'email', 'identity_taken', expect.any(String)],
      [4, 'phone', 'several_leads', expect.any(String)],
      [5, 'phone', 'several_leads', expect.any(String)],
    ],
  })
  expect(await leads()).toEqual([
    `- b@example.com +14155550102 B`,
    `- one.new@example.com ${one} One`,
    `- three@example.com ${shared} -`,
    `- two@example.com ${shared} Two`,
  ])
})
