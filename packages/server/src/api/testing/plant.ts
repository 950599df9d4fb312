import { exportPowersOf, type Form, importPowersOf, issueFormToken, newId, receive, sql } from '@leadnest/core'
import { origin, type TestServer } from '../../testing.ts'

/** Words that stand nowhere else, and each only where it was planted. */
const word = (name: string) => `Quorvax${name}`

export const attributionNames = [
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'utmId',
  'gclid',
  'dclid',
  'gbraid',
  'wbraid',
  'fbclid',
  'msclkid',
  'ttclid',
] as const

/** What is planted, by where it stands. */
export const planted = {
  email: 'quorvax.first@planted.example',
  newEmail: 'quorvax.second@planted.example',
  phone: '+442079460123',
  name: 'Žofie “Quorvaxname” O\'Brien\\"',
  firstName: word('first'),
  lastName: word('last'),
  company: word('company'),
  externalId: word('external'),
  message: word('message'),
  heldMessage: word('heldmessage'),
  spamMessage: word('spammessage'),
  hostedMessage: word('hosted'),
  testMessage: word('testsent'),
  phoneOnlyMessage: word('phoneonly'),
  referrer: 'https://quorvaxreferrer.example/page',
  landingPage: 'https://quorvaxlanding.example/page',
  ...Object.fromEntries(attributionNames.map((name) => [name, word(name)])),
  text: word('text'),
  longText: word('longtext'),
  number: '9182736455',
  date: '1987-03-14',
  url: 'https://quorvaxurl.example',
  fieldEmail: 'quorvax.field@planted.example',
  fieldPhone: '+442079460124',
  json: word('json'),
  archived: word('archived'),
  note: word('written'),
  editedNote: word('notedited'),
  tag: word('tag'),
  tagBulk: word('bulktag'),
  trackedName: 'quorvaxtracked.done',
  trackedData: word('tracked'),
  nextAction: word('nextaction'),
  lostReason: word('lostreason'),
  otherName: word('othername'),
  otherEmail: 'quorvax.other@planted.example',
  consentReason: word('consentreason'),
  wordingText: word('wording'),
  messageBody: word('messagebody'),
  messageIn: word('messagein'),
  unknownIn: word('unknownin'),
  suppressionReason: word('suppression'),
  idempotencyKey: word('idempotency'),
}

/** What no door took, so no export has it. */
export const refused = {
  invalid: word('refusedinvalid'),
  key: 'quorvax.second@planted.example refused',
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
type Ask = (route: string, body?: object) => Promise<any>

/** Says every planted value by every door, and returns the lead that has them. */
export async function plant(server: TestServer, key: string, form: Form, wait: () => void): Promise<string> {
  const { nest } = server
  let sent = 0
  const about = /v1.fields|Younger|Older/
  const ask: Ask = async (route, body) => {
    // Of others nothing is planted.
    const own = {
      'idempotency-key': `${about.test(route + JSON.stringify(body)) ? 'plain' : planted.idempotencyKey} ${sent++}`,
    }
    const { json, status, text } = await server.request(route, { key, ...(body && { body }), headers: own })
    if (status >= 400) throw new Error(`${route}: ${text}`)
    return json
  }
  const attribution = Object.fromEntries(
    [...attributionNames, 'referrer', 'landingPage'].map((name) => [name, planted[name as keyof typeof planted]]),
  )
  const submit = async (fields: object, more: object = {}) => {
    const token = issueFormToken(nest, form.id)
    wait()
    const { status, text } = await server.request(`POST /v1/forms/${form.id}/submissions`, {
      body: { fields, token, ...more },
      headers: { origin, 'idempotency-key': `${planted.idempotencyKey} ${sent++}` },
    })
    if (status !== 201) throw new Error(text)
  }

  // Two people who are merged with this one for a moment, an older and a younger one, and one who stays merged.
  const older = await ask('POST /v1/leads', { name: 'Older' })
  const other = await ask('POST /v1/leads', { email: planted.otherEmail, name: planted.otherName })

  // The public doors: accepted with every attribution and a consent, held, spam, a test, plain HTML, and by phone alone.
  const [box] = form.consents
  const consents = [{ channel: box!.channel, purpose: box!.purpose, wordingId: box!.id }]
  const { email, phone, name } = planted
  await submit({ email, phone, name, message: planted.message }, { attribution, consents })
  await submit({ email, message: planted.heldMessage }, { token: 'wrong' })
  await submit({ email, message: planted.spamMessage }, { trap: 'https://spam.example' })
  await submit({ email, message: planted.testMessage }, { test: true })
  await server.app.request(`${origin}/f/${form.slug}`, {
    method: 'POST',
    body: new URLSearchParams({ email, message: planted.hostedMessage, _key: planted.idempotencyKey }),
    headers: { origin },
  })

  // The trusted ones.
  const { id } = (await ask(`GET /v1/leads?email=${encodeURIComponent(email)}`)).data[0]
  const { firstName, lastName, company, externalId } = planted
  const fields = {
    text: planted.text,
    longText: planted.longText,
    number: Number(planted.number),
    date: planted.date,
    url: planted.url,
    select: 'one',
    multiSelect: ['one'],
    fieldEmail: planted.fieldEmail,
    fieldPhone: planted.fieldPhone,
    boolean: true,
    json: { deep: [{ said: planted.json }] },
    archived: planted.archived,
  }
  await ask('POST /v1/leads', { email, firstName, lastName, company, externalId, fields, tags: [planted.tag] })
  const { key: archived } = (await ask('GET /v1/fields')).data.find(
    (field: { key: string }) => field.key === 'archived',
  )
  await ask(`PATCH /v1/fields/${archived}`, { archived: true })
  const due = { dueAt: '2030-01-01T00:00:00Z', remindAt: '2029-12-31T00:00:00Z' }
  await ask(`PATCH /v1/leads/${id}`, { email: planted.newEmail, nextAction: { text: planted.nextAction, ...due } })
  const note = await ask(`POST /v1/leads/${id}/notes`, { body: planted.note })
  await ask(`PATCH /v1/notes/${note.id}`, { body: planted.editedNote })
  await ask(`POST /v1/leads/${id}/events`, { name: planted.trackedName, data: { said: planted.trackedData } })
  const wording = { text: planted.wordingText, language: 'en' }
  await ask(`POST /v1/leads/${id}/consents`, { action: 'grant', channel: 'phone', purpose: 'calls', wording })
  await ask(`POST /v1/leads/${id}/consents`, { action: 'revoke', channel: 'email', reason: planted.consentReason })
  // An address that was theirs.
  await ask('POST /v1/suppressions', { channel: 'email', address: email })
  await ask(`POST /v1/leads/${id}/messages`, { channel: 'sms', body: planted.messageBody })
  await receive(nest, nest.workspaceId, 'sms', {
    providerId: 'in-1',
    from: phone,
    to: '+15550001000',
    body: planted.messageIn,
  })
  await ask('POST /v1/suppressions', { channel: 'sms', address: phone, reason: planted.suppressionReason })
  // What was said with them, and what was while nobody knew who they are.
  await nest.inWorkspace(nest.workspaceId, async (tx) => {
    const conversation = newId()
    await tx.query(sql`
      insert into conversations (workspace_id, id, channel, address, last_message_at, created_at)
      values (${nest.workspaceId}, ${conversation}, 'sms', ${phone}, now(), now())`)
    await tx.query(sql`
      insert into messages (workspace_id, id, conversation_id, channel, direction, status, address, body, actor, source, created_at)
      values (${nest.workspaceId}, ${newId()}, ${conversation}, 'sms', 'in', 'received', ${phone}, ${planted.unknownIn},
        '{"type":"visitor","id":null,"name":null}', 'plugin', now())`)
  })
  await submit({ phone: '020 7946 0123', message: planted.phoneOnlyMessage }, { token: 'wrong' })

  await plantFiles(server)

  // Bulk changes with their before-images, merges both ways, and duplicates.
  await ask('POST /v1/leads/bulk', { ids: [id], action: { type: 'tag', add: [planted.tagBulk] } })
  const move = { type: 'move', stage: 'lost', lostReason: planted.lostReason }
  await ask('POST /v1/leads/bulk', { ids: [id], action: move })
  await ask('POST /v1/leads/bulk', { filter: `email = ${planted.newEmail}`, action: { type: 'tag', add: ['seen'] } })
  await nest.settle()
  await ask('POST /v1/leads/bulk', { ids: [id], action: { type: 'tag', add: ['dry'] }, dryRun: true })
  const younger = await ask('POST /v1/leads', { name: 'Younger', company: 'Bystander Ltd' })
  for (const neighbour of [older, younger]) {
    const merge = await ask('POST /v1/leads/merge', { leadIds: [id, neighbour.id] })
    await ask(`POST /v1/merges/${merge.id}/undo`)
  }
  const { lead } = await ask('POST /v1/leads/merge', { leadIds: [id, other.id] })
  return lead.id
}

/** By files: a row that changes the lead, and one that is refused; a dry run; exports that are made and planned. */
async function plantFiles({ nest }: TestServer): Promise<void> {
  const may = () => undefined
  const by = { actor: { type: 'system', id: null, name: null }, source: 'command' } as const
  const imports = importPowersOf(nest, nest.workspaceId, may)
  const rows = [
    'email\tcompany\tphone',
    `${planted.newEmail}\tBefore ${planted.company}\t`,
    `${planted.newEmail}\t${planted.company}\t`,
    `${planted.newEmail}\t${planted.company}\tno phone`,
  ]
  for (const dryRun of [true, false]) {
    const source = (async function* () {
      yield Buffer.from(rows.join('\n'))
    })()
    const { id: fileId } = await imports.store(source, { name: 'leads.tsv' })
    const done = await imports.begin({ fileId, format: 'lines', dryRun }, by)
    if (done.updated !== 2 || done.failed !== 1) throw new Error(JSON.stringify(done))
  }
  const exports = exportPowersOf(nest, nest.workspaceId, may)
  const which = { format: 'lines', filter: `email = ${planted.newEmail}` }
  const { rows: written } = await exports.begin(which, by)
  if (written !== 1) throw new Error('The export is empty.')
  await exports.schedules.create({ name: `For ${planted.newEmail}`, cron: '0 7 * * 1', export: which }, by)
}

/** Says things that are refused, under keys that may be repeated. */
export async function plantRefused(server: TestServer, key: string, leadId: string): Promise<void> {
  const taken = { email: 'bystander@example.com', name: refused.invalid }
  const bad: [string, object | undefined][] = [
    [`PATCH /v1/leads/${leadId}`, taken],
    ['POST /v1/leads', { email: 'no address', name: refused.invalid }],
    ['POST /v1/leads', { stage: refused.invalid, email: planted.newEmail }],
    ['POST /v1/leads/bulk', { filter: `stage = ${refused.invalid}`, action: { type: 'delete' } }],
    [`GET /v1/leads/${planted.newEmail}`, undefined],
    [`GET /v1/leads?filter=${encodeURIComponent(`tag = ${refused.invalid}`)}`, undefined],
  ]
  for (const [i, [route, body]] of bad.entries()) {
    const headers = { 'idempotency-key': `${refused.key} ${i}` }
    const { status, text } = await server.request(route, { key, ...(body && { body }), headers })
    if (status < 400 || status >= 500) throw new Error(`${route}: ${status} ${text}`)
  }
}
