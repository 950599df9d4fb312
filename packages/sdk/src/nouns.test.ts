import { contract, type Endpoint } from '@leadnest/core/contract'
import { csvEndpoints } from '@leadnest/plugin-csv/contract'
import { endpoints as webhookEndpoints } from '@leadnest/plugin-webhooks/contract'
import { expect, test } from 'vitest'
import { nouns, tables } from './nouns.ts'
import { isStream } from './request.ts'
import { type Request, verbsOf } from './verbs.ts'

const sent: string[] = []
const request = async (route: string) => {
  sent.push(route)
  return { data: { data: [] }, headers: new Headers() }
}

const verbs = Object.entries(tables).flatMap(([noun, table]) =>
  Object.entries(table).map(([verb, text]: [string, string]) => {
    const send = verbsOf(noun, nouns[noun]!, request as unknown as Request)[verb]
    const mark = text.split(' ').at(-1)!
    const going = send!('id', 'id')
    // The verbs that walk send when they are asked for their first row.
    if ('next' in going) going.next()
    return { name: `${noun}.${verb}`, route: sent.at(-1)!, mark }
  }),
)
const endpoints: Record<string, Endpoint> = { ...contract, ...csvEndpoints, ...webhookEndpoints }

test.each(verbs)('$name is $route, and its mark says what that takes', ({ route, mark }) => {
  const endpoint = endpoints[route]
  expect(endpoint).toBeDefined()
  const takes = endpoint?.showsSecret
    ? ['!']
    : endpoint?.uploads
      ? ['^']
      : endpoint?.body
        ? ['+', '~']
        : endpoint?.query
          ? ['?', '*']
          : ['=', '[]', '.', '-']
  expect(takes).toContain(mark)
})

/** Reached by a method of its own. */
const others = [
  'GET /v1/me',
  'GET /v1/forms/:slug',
  'POST /v1/forms/:slug/submissions',
  'GET /v1/events/stream',
  'GET /v1/messages/:id/media/:index',
  'POST /v1/leads/:id/events',
  'POST /v1/imports',
]

/** Without a verb, for the SDK is small, and another verb does that too. */
const verbless = ['POST /v1/webhook-endpoints/:id/enable']

test('what answers no JSON is known by its route or its media type', () => {
  const streams = Object.entries(endpoints).filter(([, { answers }]) => answers)
  expect(streams.length).toBeGreaterThan(3)
  const known = Object.entries(endpoints).filter(([route, { answers }]) =>
    isStream.test(`${answers ?? 'application/json'}${route}`),
  )
  expect(known).toEqual(streams)
})

test('every other route has a verb', () => {
  const reached = [...verbs.map(({ route }) => route), ...others, ...verbless]
  expect(Object.keys(endpoints).filter((route) => !reached.includes(route))).toEqual([])
})
