import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'
import { letters } from './testing/letters.ts'
import { type Sent, visitorsOf } from './testing/visitors.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let visitors: ReturnType<typeof visitorsOf>
let key: string
/** One form for all, so that people stand in each other's light as they do. */
let form: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  visitors = visitorsOf(server)
  key = await server.nest.key()
  form = await visitors.openForm()
})
afterAll(() => server.close())

let n = 0
const email = () => `person${++n}@example.com`

type How = Parameters<typeof visitors.send>[2] & { seconds?: number; on?: string }

/** Opens the form, takes their time, and sends it; what was not accepted fails with the rules that held it. */
async function person(fields: Sent['fields'], { seconds = 20, on = form, ...how }: How = {}) {
  const token = await visitors.fetchToken(on)
  time += seconds * 1000
  return accepted(await visitors.send(on, { fields: { email: email(), ...fields }, token, trap: '' }, how))
}

async function accepted(sent: { id: string; status: string }) {
  const { reasons } = (await server.request(`GET /v1/submissions/${sent.id}`, { key })).json
  expect([sent.status, reasons]).toEqual(['accepted', []])
  return sent
}

const office = '198.51.100.20'

describe('a person is accepted who', () => {
  test.each<[string, Sent['fields'], How?]>([
    [
      'pastes what they wrote elsewhere',
      { name: 'Ada Lovelace', message: 'A long text from a letter. '.repeat(60) },
      { seconds: 4 },
    ],
    [
      'lets the browser fill everything in at once, and reads for two seconds',
      { name: 'Ada Lovelace', phone: '+44 20 7946 0958' },
      { seconds: 2.1 },
    ],
    [
      'uses a password manager',
      { name: 'Grace Hopper', phone: '020 7946 0958', message: 'Please call.' },
      { seconds: 2.5 },
    ],
    ['takes hours', { name: 'Linus', message: 'I began before lunch.' }, { seconds: 5 * 3600 }],
    ['leaves the tab open for most of a day', { name: 'Mary' }, { seconds: 23.9 * 3600 }],
    ['writes nothing but an address', {}],
    ['writes only where to call', { name: '', phone: '0171 / 123 45 67' }],
    ['has one word for a name, and a short message', { name: 'Björk', message: 'Hi' }],
    ['shouts', { name: 'JOHN SMITH', message: 'PLEASE CALL ME BACK TODAY ABOUT THE BROKEN HEATING. IT IS URGENT!!!' }],
    ['likes pictures', { name: 'Fatima 🌸', message: '👋🏽 Could you deliver 3 🎂 on Friday? 🙏🙏🙏' }],
    [
      'writes Russian',
      { name: 'Ольга Иванова', message: 'Здравствуйте! Сколько стоит доставка в Берлин и когда её можно ожидать?' },
    ],
    ['writes Arabic', { name: 'محمد علي', message: 'مرحبا، أود أن أعرف سعر الغرفة لليلتين من فضلكم.' }],
    ['writes Chinese', { name: '李伟', message: '您好，我想了解一下你们的产品价格和交货时间，谢谢。' }],
    ['writes Greek, with a Latin brand inside', { name: 'Ελένη', message: 'Καλησπέρα, επισκευάζετε ποδήλατα BMW;' }],
    ['writes Thai', { name: 'สมชาย', message: 'สวัสดีครับ อยากทราบราคาห้องพักสำหรับสองคน' }],
    [
      'names their own site',
      {
        name: 'Ada Baker',
        email: 'ada@gmail.example',
        message: 'Our site is https://www.bakery-lane.example/shop and needs a new design. Can you help?',
      },
    ],
    [
      'has a site under the domain of their address',
      {
        name: 'Tom',
        email: 'tom@miller-windows.com',
        message: 'We are www.miller-windows.com and look for a partner.',
      },
    ],
    [
      'asks about two pages of theirs',
      { name: 'Eve', message: 'The price on https://shop.example.org/a differs from https://shop.example.org/b?x=1' },
    ],
    [
      'works at a company that is called like a site',
      { name: 'Jo Booking', message: 'I work at Booking.com and want to talk about a cooperation.' },
    ],
    [
      'writes their other address into the text, with care',
      { name: 'Kim', message: 'Answer to kim [at] work [dot] example please, or kim.work@example.org' },
    ],
    ['forgets spaces after full stops', { name: 'Uwe', message: 'Guten Tag.Ich brauche ein Angebot.Danke.MfG Uwe' }],
    [
      'writes about code',
      {
        name: 'Dev',
        message:
          'Your <div> on index.html breaks; node.js 22 says TypeError: getElementByIdFromDocument is not a function',
      },
    ],
    [
      'writes about money and health as customers do',
      {
        name: 'Ann',
        message: 'Do you offer credit for the kitchen, 9.900 €, 0 %? I saw a casino-style bonus wheel on your page.',
      },
    ],
    ['has a name with many capitals', { name: 'Mary-Jane McDonald-MacArthur von der O’Neill' }],
    ['has a name without vowels, and initials', { name: 'Krzysztof Brzęczyszczykiewicz J.R.R.' }],
    ['writes their name as their message', { name: 'Ada', message: 'Ada' }],
    [
      'forwards their mail through a relay',
      { name: 'Private', email: 'private.person@duck.com', message: 'Please write to me here.' },
    ],
    ['has a browser that says little', { name: 'Old', message: 'Still works' }, { agent: '' }],
    ['reads with Lynx', { name: 'Text', message: 'Only text here' }, { agent: 'Lynx/2.9.0dev.10 libwww-FM/2.14' }],
    [
      'comes from inside an app',
      { name: 'App', message: 'From the app' },
      {
        agent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0]',
      },
    ],
  ])('%s', async (_, { email: own, ...fields }, how) => {
    await person({ ...(own && { email: own }), ...fields }, how)
  })

  test('fills in two tabs and sends both', async () => {
    const tokens = [await visitors.fetchToken(form), await visitors.fetchToken(form)]
    time += 30_000
    const own = email()
    for (const token of tokens)
      await accepted(
        await visitors.send(form, { fields: { email: own, name: 'Tabs', message: 'Which one was it?' }, token }),
      )
  })

  test('mends what was refused and sends it again', async () => {
    const token = await visitors.fetchToken(form)
    time += 10_000
    const wrong = await server.request(`POST /v1/forms/${form}/submissions`, {
      headers: { origin },
      body: { fields: { email: 'wrong@' }, token },
    })
    expect(wrong.status).toBe(422)
    await accepted(await visitors.send(form, { fields: { email: email() }, token }))
  })

  test('sends it again because no answer came', async () => {
    const token = await visitors.fetchToken(form)
    time += 10_000
    const body = { fields: { email: email(), message: 'Did it arrive?' }, token }
    const headers = { 'idempotency-key': 'no answer came' }
    const first = await accepted(await visitors.send(form, body, { headers }))
    expect(await visitors.send(form, body, { headers })).toEqual(first)
  })

  test('goes back, loads the form again, corrects a word and sends it', async () => {
    const own = email()
    await person({ email: own, name: 'Back', message: 'I need the offer until Monday the 3rd, for two rooms.' })
    await person(
      { email: own, name: 'Back', message: 'I need the offer until Tuesday the 4th, for two rooms.' },
      { seconds: 8 },
    )
    await person(
      { email: own, name: 'Back', message: 'I need the offer until Tuesday the 4th, for two rooms.' },
      { seconds: 8 },
    )
  })

  test('sits in an office of ten behind one address, within minutes', async () => {
    const topics = 'heating windows kitchen roof garden bath floor door stairs cellar'.split(' ')
    for (const topic of topics)
      await person(
        { name: `Colleague ${topic}`, message: `What would a new ${topic} cost us?` },
        { from: office, seconds: 25 },
      )
  })

  test('sits in a class that writes the same short text', async () => {
    for (let i = 0; i < 25; i++)
      await person({ name: `Pupil ${i}`, message: 'Please call me' }, { seconds: 6, from: `192.0.2.${i}` })
  })

  test('asks for the same as three others in other words', async () => {
    const asked = [
      'Please send me your price list',
      'Could I have your price list, please?',
      'I would like to have the price list',
      'Price list please!',
    ]
    for (const message of asked) await person({ name: 'Asks', message }, { seconds: 15 })
  })

  test('keeps the text that the page had filled in', async () => {
    for (let i = 0; i < 4; i++)
      await person(
        { name: `Visitor ${i}`, message: 'I am interested in the flat in Main Street 5 and would like to see it.' },
        { seconds: 40, from: `203.0.113.${i + 1}` },
      )
  })

  test('comes in a rush after a newsletter, with forty others within two minutes', async () => {
    for (const [i, message] of letters.entries())
      await person({ name: `Reader ${i}`, message }, { seconds: 2.9, from: `100.70.${i}.1` })
  })

  test('has a browser that did the work that a form asks for', async () => {
    const on = await visitors.openForm({ proofBits: 10 })
    const { json } = await server.request(`GET /v1/forms/${on}`)
    expect(json.proof).toBe(10)
    const token = await visitors.fetchToken(on)
    time += 5000
    let proof = 0
    while (Math.clz32(createHash('sha256').update(`${token}.${proof}`).digest().readUInt32BE()) < 10) proof++
    await accepted(await visitors.send(on, { fields: { email: email() }, token, proof: String(proof) }))
  })

  test('writes what a form was told to let through', async () => {
    const on = await visitors.openForm({ maxLinks: null, holdDisposable: false, holdRepeats: false })
    const message = `All of our catalogues are here: ${'abcdef'
      .split('')
      .map((page) => `https://files.example.org/${page}`)
      .join(' ')}`
    for (let i = 0; i < 12; i++)
      await person({ email: `a${i}@mailinator.com`, message }, { on, from: '203.0.113.9', seconds: 3 })
  })
})
