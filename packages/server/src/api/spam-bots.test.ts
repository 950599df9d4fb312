import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'
import { browser, seeded, visitorsOf } from './testing/visitors.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let visitors: ReturnType<typeof visitorsOf>
let key: string
/** How many of the 50 of each kind were held, and by which rules. */
const caught = new Map<string, { held: number; reasons: Set<string> }>()

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  visitors = visitorsOf(server)
  key = await server.nest.key()
})
afterAll(() => server.close())

const { below, pick, some } = seeded(20261124)
const first = ['Ada', 'Grace', 'Linus', 'Mary', 'John', 'Olga', 'Ivan', 'Wei', 'Fatima', 'Jose', 'Anna', 'Kofi']
const last = ['Smith', 'Miller', 'Jones', 'Weber', 'Ivanov', 'Silva', 'Brown', 'Khan', 'Rossi', 'Novak', 'Diallo']
const words =
  'kitchen garden winter order price sample invoice window delivery Monday colour meeting offer train school bread river music paper stone glass coffee summer island market bridge silver engine doctor flower letter mirror pocket ticket travel yellow orange basket candle forest'.split(
    ' ',
  )
const sentence = (length = 9) => some(words, length).join(' ')
const name = () => `${pick(first)} ${pick(last)}`
const email = () => `${pick(first)}.${pick(last)}${below(100_000)}@mail${below(40)}.example`.toLowerCase()
const address = () => `${11 + below(200)}.${below(256)}.${below(256)}.${1 + below(250)}`
const person = (message = sentence()) => ({ name: name(), email: email(), message })
/** A token, and the patience to wait as long as the form asks. */
async function patiently(form: string): Promise<string> {
  const token = await visitors.fetchToken(form)
  time += 2100 + below(900)
  return token
}
const proofOf = (token: string, bits: number) => {
  for (let n = 0; ; n++)
    if (Math.clz32(createHash('sha256').update(`${token}.${n}`).digest().readUInt32BE()) >= bits) return String(n)
}

type Bot = (form: string, n: number, shared: { token?: string; tokens?: string[] }) => Promise<{ id: string }>
const spun = () =>
  `${pick(['Hello', 'Hi', 'Dear team', 'Good day'])} ${name()}, ${pick(['we noticed', 'I saw', 'we found'])} that your ${pick(['shop', 'page', 'company'])} ${pick(['could rank', 'may rank', 'can be'])} higher. Our ${pick(['agency', 'team'])} offers ${pick(['cheap', 'affordable'])} search engine optimisation for only ${below(900)} dollars a month with ${pick(['guaranteed', 'proven'])} results within ${below(30)} days.`
const spamWords =
  'casino bonus crypto profit invest loan cheap pills winner prize lottery followers traffic ranking credit'.split(' ')

const kinds: Record<string, { spam?: object; send: Bot; all?: boolean }> = {
  'without script, so without a token': {
    send: (form) => visitors.send(form, { fields: person() }, { from: address() }),
  },
  'at once': {
    send: async (form) =>
      visitors.send(form, { fields: person(), token: await visitors.fetchToken(form) }, { from: address() }),
  },
  'a browser without a screen': {
    send: async (form) =>
      visitors.send(
        form,
        { fields: person(), token: await patiently(form) },
        {
          from: address(),
          agent: pick([
            browser.replace('Chrome/', 'HeadlessChrome/'),
            'python-requests/2.32',
            'curl/8.9.1',
            'Go-http-client/2.0',
            'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
          ]),
        },
      ),
  },
  'with a token that was used': {
    send: async (form, _, shared) => {
      shared.token ??= await patiently(form)
      return visitors.send(form, { fields: person(), token: shared.token }, { from: address() })
    },
  },
  'filling in what nobody sees': {
    send: async (form) =>
      visitors.send(form, { fields: person(), token: await patiently(form), trap: pick(words) }, { from: address() }),
  },
  'with a token of another form, made up, changed or expired': {
    send: async (form, n) => {
      const token = await patiently(n % 4 === 0 ? await visitors.openForm() : form)
      if (n % 4 === 3) time += 25 * 3_600_000
      return visitors.send(form, {
        fields: person(),
        token: n % 4 === 1 ? `${token.slice(0, -4)}AAAA` : n % 4 === 2 ? sentence(1) : token,
      })
    },
  },
  'many links': {
    send: async (form) =>
      visitors.send(
        form,
        {
          fields: person(
            `${sentence(4)} ${some(words, 3 + below(4))
              .map((word) => `https://${word}${below(99)}.example.com/${word}`)
              .join(' ')}`,
          ),
          token: await patiently(form),
        },
        { from: address() },
      ),
  },
  'one link of a stranger': {
    send: async (form) =>
      visitors.send(
        form,
        {
          fields: person(`${sentence(6)} http://${pick(words)}${below(999)}.xyz/${pick(words)}`),
          token: await patiently(form),
        },
        { from: address() },
      ),
  },
  'one link to the same site': {
    send: async (form) => {
      time += 20 * 60_000
      return visitors.send(
        form,
        { fields: person(`${sentence()} best-deals.shop`), token: await patiently(form) },
        { from: address() },
      )
    },
  },
  'links in BBCode, HTML or Markdown': {
    send: async (form) => {
      const url = `https://${pick(words)}.example.net`
      const link = pick([
        `[url=${url}]here[/url]`,
        `<a href="${url}">${pick(words)}</a>`,
        `[here](${url})`,
        `[URL]${url}[/URL]`,
        `<A HREF='${url}'>x</A>`,
      ])
      return visitors.send(
        form,
        { fields: person(`${sentence()} ${link}`), token: await patiently(form) },
        { from: address() },
      )
    },
  },
  'links that are disguised, or in the name': {
    send: async (form, n) => {
      const fields = person()
      if (n % 2)
        fields.name = pick([
          `${name()} www.${pick(words)}.com`,
          `https://${pick(words)}.ru`,
          `bonus-${pick(words)}.top`,
        ])
      else fields.message += pick([' hxxp://deals.example', ' deals [dot] shop', ' visit deals(dot)com now'])
      return visitors.send(form, { fields, token: await patiently(form) }, { from: address() })
    },
  },
  'the same text, from many addresses': {
    send: async (form) =>
      visitors.send(
        form,
        { fields: person('We offer the best websites in town, write to us today.'), token: await patiently(form) },
        { from: address() },
      ),
  },
  'a text that is spun, from many addresses': {
    send: async (form) =>
      visitors.send(form, { fields: person(spun()), token: await patiently(form) }, { from: address() }),
  },
  'a text out of a bag of words, from many addresses': {
    send: async (form) =>
      visitors.send(
        form,
        { fields: person(some(spamWords, 12).join(' ')), token: await patiently(form) },
        { from: address() },
      ),
  },
  'from one address, with other names and words each time': {
    send: async (form) =>
      visitors.send(form, { fields: person(), token: await patiently(form) }, { from: '203.0.113.77' }),
  },
  'from one network of IPv6': {
    send: async (form) =>
      visitors.send(
        form,
        { fields: person(), token: await patiently(form) },
        { from: `2001:db8:5:5::${below(60_000).toString(16)}` },
      ),
  },
  'as one sender, with other words each time': {
    send: async (form) =>
      visitors.send(
        form,
        { fields: { ...person(), email: 'same@mail.example' }, token: await patiently(form) },
        { from: address() },
      ),
  },
  'from throw-away addresses': {
    send: async (form) =>
      visitors.send(
        form,
        {
          fields: {
            ...person(),
            email: `${pick(words)}${below(999)}@${pick(['mailinator.com', 'yopmail.com', 'sharklasers.com', 'x.trashmail.com', 'guerrillamail.com', '10minutemail.com'])}`,
          },
          token: await patiently(form),
        },
        { from: address() },
      ),
  },
  'without the proof of work, or with a wrong one': {
    spam: { proofBits: 12 },
    send: async (form, n) => {
      const token = await patiently(form)
      const proof = [undefined, '1', '1e3', 'x', proofOf(`${token}x`, 12), proofOf(token, 4)][n % 6]
      return visitors.send(form, { fields: person(), token, ...(proof && { proof }) }, { from: address() })
    },
  },
  'with words that the form blocks, also in look-alike letters': {
    spam: { blockedWords: ['casino', 'buy followers', 'кредит', '贷款'] },
    send: async (form) =>
      visitors.send(
        form,
        {
          fields: person(
            `${sentence(3)} ${pick(['Casino', 'CASINO!', 'сasino', 'c\u0430sin\u043e', 'ca\u200bsino', 'Buy  followers', 'buy\nfollowers', 'КРЕДИТ', '低息贷款办理', 'ＣＡＳＩＮＯ'])} ${sentence(3)}`,
          ),
          token: await patiently(form),
        },
        { from: address() },
      ),
  },
  'from or to domains that the form blocks': {
    spam: { blockedDomains: ['spam.example', 'https://www.bad.test/x'] },
    send: async (form, n) =>
      visitors.send(
        form,
        {
          fields: {
            ...person(
              n % 2 ? `${sentence()} https://${pick(['', 'www.', 'a.b.'])}bad.test/${pick(words)}` : sentence(),
            ),
            ...(n % 2 ? {} : { email: `${pick(words)}${n}@${pick(['', 'mx.'])}spam.example` }),
          },
          token: await patiently(form),
        },
        { from: address() },
      ),
  },
  'the same text in all fields': {
    send: async (form) => {
      const text = sentence(1 + below(4))
      return visitors.send(
        form,
        { fields: { name: text, email: email(), message: text }, token: await patiently(form) },
        { from: address() },
      )
    },
  },
  'random letters': {
    send: async (form) => {
      const letters = () =>
        Array.from({ length: 10 }, (_, i) => (i % 2 ? pick([...'abcdefghijk']) : pick([...'QWERTZUIOP']))).join('')
      return visitors.send(
        form,
        { fields: { name: letters(), email: email(), message: letters() }, token: await patiently(form) },
        { from: address() },
      )
    },
  },
  'with tokens that were fetched together': {
    send: async (form, _, shared) => {
      if (!shared.tokens) {
        shared.tokens = await Promise.all(Array.from({ length: 50 }, () => visitors.fetchToken(form)))
        time += 2100
      }
      time += 2100
      return visitors.send(
        form,
        { fields: person(), token: shared.tokens.pop()! },
        { from: pick(['198.51.100.9', '198.51.100.10']) },
      )
    },
  },
  'with tokens that were fetched together, and one text': {
    send: async (form, _, shared) => {
      if (!shared.tokens) {
        shared.tokens = await Promise.all(Array.from({ length: 50 }, () => visitors.fetchToken(form)))
        time += 2100
      }
      return visitors.send(
        form,
        { fields: person('Your website can be on the first page, ask me how.'), token: shared.tokens.pop()! },
        { from: address() },
      )
    },
    all: true,
  },
}

describe('of 50 submissions of bots', () => {
  test.each(Object.entries(kinds))(
    '%s, at least 40 are held, each by a rule with a name',
    async (kind, { spam, send, all }) => {
      const form = await visitors.openForm(spam)
      const shared = {}
      const sent: { id: string }[] = []
      if (all) {
        await send(form, 0, shared).then((one) => sent.push(one))
        sent.push(...(await Promise.all(Array.from({ length: 49 }, (_, n) => send(form, n + 1, shared)))))
      } else for (let n = 0; n < 50; n++) sent.push(await send(form, n, shared))

      const { data } = (await server.request(`GET /v1/submissions?form=${form}&limit=200`, { key })).json
      expect(data).toHaveLength(50)
      const held = data.filter(({ verdict }: { verdict: string }) => verdict !== 'accepted')
      for (const { reasons } of held) expect(reasons.length).toBeGreaterThan(0)
      const reasons = new Set<string>(held.flatMap((one: { reasons: string[] }) => one.reasons))
      caught.set(kind, { held: held.length, reasons })
      expect([held.length, [...reasons]]).toEqual([expect.toSatisfy((n: number) => n >= 40), expect.anything()])
    },
  )

  test('of all kinds, at least 95 of 100 are held', () => {
    const all = [...caught.values()].reduce((sum, { held }) => sum + held, 0)
    if (process.env.SHOW)
      for (const [kind, { held, reasons }] of caught) console.log(held, kind, [...reasons].join(' '))
    expect(all / (50 * caught.size)).toBeGreaterThanOrEqual(0.95)
  })
})
