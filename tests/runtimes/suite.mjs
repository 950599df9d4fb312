/**
 * What the SDK does in every runtime, against a real server: no test framework, only what all of them have. Returns the
 * names of what was tried; throws at the first that fails.
 */
export async function suite({ createLeadNest, createRequest, LeadNestError, upload, webhooks }, { url, key, name }) {
  const leadnest = createLeadNest({ url, key })
  const email = (part) => `${part}@${name}.example.com`
  const parts = {
    async 'creates, changes, lists and walks'() {
      const lead = await leadnest.leads.create({ email: email('a'), name: 'Zoë 🦉' })
      same((await leadnest.leads.update(lead.id, { company: 'Engines' })).company, 'Engines')
      await leadnest.leads.create({ email: email('b') })
      const seen = []
      for await (const found of leadnest.leads.each({ q: `@${name}.example.com`, limit: 1 })) seen.push(found.email)
      same(seen, [email('b'), email('a')])
    },
    async 'throws refusals with their fields'() {
      const refused = await leadnest.leads.create({ email: 'nothing' }).catch((error) => error)
      same(
        [refused instanceof LeadNestError, refused.code, refused.status, refused.errors[0].path],
        [true, 'invalid_input', 422, 'email'],
      )
    },
    async 'tries again with the same key'() {
      const keys = []
      const flaky = createLeadNest({
        url,
        key,
        async fetch(target, init) {
          keys.push(init.headers['idempotency-key'])
          const answer = await fetch(target, init)
          if (keys.length === 1) throw new TypeError('the answer was lost')
          return answer
        },
      })
      const lead = await flaky.leads.create({ email: email('again') })
      same([keys.length, new Set(keys).size], [2, 1])
      same((await leadnest.leads.timeline(lead.id)).data.length, 1)
    },
    async 'is aborted'() {
      const reason = new Error('enough')
      same(await leadnest.leads.list({}, { signal: AbortSignal.abort(reason) }).catch((error) => error), reason)
    },
    async 'hears events'() {
      const { nextCursor } = await leadnest.events.list({ after: 'now' })
      const lead = await leadnest.leads.create({ email: email('heard') })
      for (const follow of ['live', 'each']) {
        for await (const event of leadnest.events[follow]({ after: nextCursor, type: 'lead.created' })) {
          if (event.leadId === lead.id) break
        }
      }
    },
    async 'uploads what can be read, and again what can be read again'() {
      const got = []
      const request = createRequest({
        url,
        async fetch(target, init) {
          const sent = new Request(target, init)
          got.push([sent.headers.get('content-type'), await sent.text()])
          return Response.json(
            { code: 'unavailable', detail: 'Later.' },
            { status: 503, headers: { 'retry-after': '0' } },
          )
        },
      })
      const send = (source, options) =>
        request('POST /v1/leads', {}, { content: upload(source, options) }).catch(() => {})
      const text = 'email\nzoë@example.com\n'
      const rows = () => new Blob([text]).stream()
      await send(rows())
      same(got.splice(0), [['text/csv', text]])
      await send(rows, { contentType: 'text/plain' })
      same(got.splice(0), Array(3).fill(['text/plain', text]))
      const told = []
      await send(new Blob([text], { type: 'text/tab-separated-values' }), {
        onProgress: (progress) => told.push(progress),
      })
      same(got.splice(0), Array(3).fill(['text/tab-separated-values', text]))
      same(told.at(-1), { sent: 23, total: 23 })
      const form = new FormData()
      form.set('file', new Blob([text]), 'leads.csv')
      await send(form)
      same(
        [got.length, got.every(([type, body]) => body.includes(text) && body.includes(type.split('boundary=')[1]))],
        [3, true],
      )
      got.splice(0)
      async function* iterable() {
        yield text.slice(0, 8)
        yield new TextEncoder().encode(text.slice(8))
      }
      await send(iterable())
      same(got.splice(0), [['text/csv', text]])
    },
    async 'signs and verifies webhooks'() {
      const secret = `whsec_${btoa('a secret of tests')}`
      const body = JSON.stringify({ type: 'lead.created' })
      const headers = await webhooks.sign(body, secret)
      same((await webhooks.verify(body, new Headers(headers), secret)).type, 'lead.created')
      same((await webhooks.verify(`${body} `, headers, secret).catch((error) => error)).code, 'invalid_signature')
    },
  }
  for (const [part, work] of Object.entries(parts)) {
    await work().catch((error) => {
      throw new Error(`${name} ${part}: ${error.stack ?? error}`)
    })
  }
  return Object.keys(parts)
}

function same(given, expected) {
  const [a, b] =
    given instanceof Error || expected instanceof Error
      ? [given === expected, true]
      : [JSON.stringify(given), JSON.stringify(expected)]
  if (a !== b) throw new Error(`expected ${b}, got ${a}`)
}
