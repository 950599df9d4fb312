import { createWorkspace, newId, setWordings, sql } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { pigeon, pigeonPost } from '@leadnest/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'
import { describeApartness, type Row } from './testing/tenancy.ts'

let server: TestServer
/** A key of one workspace, and ids that are of another. */
let key: string
const theirs: Record<string, string> = {}

beforeAll(async () => {
  server = await testServer({ plugins: [pigeon()], outbound: pigeonPost().outbound })
  key = await server.nest.key()
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const as = await server.nest.key({ workspaceId: other })
  const pigeons = (account: string) => ({ settings: { account, token: 'secret', number: '+15550001000' } })
  await server.request('PATCH /v1/plugins/pigeon', { key, body: pigeons('ours') })
  const ask = async (route: string, body?: object) =>
    (await server.request(route, { key: as, ...(body && { body }) })).json
  theirs.lead = (await ask('POST /v1/leads', { email: 'theirs@example.com', name: 'Theirs' })).id
  await ask('PATCH /v1/plugins/pigeon', pigeons('theirs'))
  const { id: written } = await ask('POST /v1/leads', { externalId: 'written', phone: '+15550001001' })
  const message = await ask(`POST /v1/leads/${written}/messages`, { channel: 'sms', body: 'Theirs' })
  theirs.template = (await ask('POST /v1/message-templates', { name: 'Theirs', body: 'Theirs' })).id
  theirs.message = message.id
  theirs.conversation = message.conversationId
  theirs.note = (await ask(`POST /v1/leads/${theirs.lead}/notes`, { body: 'Theirs' })).id
  theirs.pipeline = (await ask('GET /v1/pipelines')).data[0].id
  theirs.field = (await ask('POST /v1/fields', { key: 'theirsAlone', label: 'Theirs', type: 'text' })).key
  const known = await ask('POST /v1/leads', { email: 'known@example.com' })
  const merged = await ask('POST /v1/leads', { phone: '+442079460958' })
  await ask('POST /v1/leads', { email: 'known@example.com', phone: '+442079460958' })
  theirs.duplicate = (await ask('GET /v1/duplicates')).data[0].id
  theirs.merge = (await ask('POST /v1/leads/merge', { leadIds: [known.id, merged.id] })).id
  theirs.form = (await ask('GET /v1/forms/contact')).id
  theirs.submission = (
    await server.request(`POST /v1/forms/${theirs.form}/submissions`, {
      key: await server.nest.key({ kind: 'publishable', workspaceId: other }),
      body: { fields: { email: 'held@example.com' } },
    })
  ).json.id
  theirs.wording = (
    await server.nest.inWorkspace(other, (tx) =>
      setWordings(
        tx,
        other,
        { id: theirs.form!, language: 'en' },
        [{ channel: 'email', purpose: 'news', text: 'Theirs', required: false }],
        new Date(),
      ),
    )
  )[0]!.id
  theirs.suppression = (await ask('POST /v1/suppressions', { channel: 'email', address: 'theirs@example.com' })).id
  theirs.request = await server.nest.inWorkspace(other, async (tx) => {
    const id = newId()
    await tx.query(sql`
      insert into privacy_requests (workspace_id, id, lead_id, kind, status, asked_at)
      values (${other}, ${id}, ${theirs.lead}, 'erasure', 'open', now())`)
    return id
  })
  theirs.member = (
    await server.nest.user({ email: 'member@example.com', password: 'correct horse battery', workspaceId: other })
  ).id
  theirs.assignment = (
    await ask('POST /v1/assignment-rules', { name: 'Theirs', strategy: 'fixed', memberIds: [theirs.member] })
  ).id
  theirs.score = (await ask('POST /v1/score-rules', { name: 'Theirs', points: 5, filter: 'email is not empty' })).id
  theirs.segment = (await ask('POST /v1/segments', { name: 'Theirs', filter: 'stage = new' })).id
  theirs.after = (await ask('GET /v1/events')).nextCursor
  theirs.job = (await ask('POST /v1/leads/bulk', { all: true, action: { type: 'tag', add: ['theirs'] } })).id
  theirs.invite = (await ask('POST /v1/invites', { email: 'invited@example.com', role: 'viewer' })).id
  theirs.key = (await ask('GET /v1/api-keys')).data[0].id
  theirs.cursor =
    (await ask('POST /v1/leads', { email: 'second@example.com' })) && (await ask('GET /v1/leads?limit=1')).nextCursor
})
afterAll(() => server.close())

const pipeline = { name: 'X', stages: [{ key: 'x', name: 'X' }] }
const assignment = { name: 'X', strategy: 'fixed' }
const matrix: Record<keyof typeof contract, Row> = {
  'POST /v1/auth/login': { none: 'the workspace asked for is tried in auth.test.ts' },
  'POST /v1/auth/refresh': { none: 'its token carries the workspace; tried in auth.test.ts' },
  'POST /v1/auth/logout': { none: 'its token carries the workspace; tried in auth.test.ts' },
  'PATCH /v1/me': { none: 'is the own account' },
  'POST /v1/me/password': { none: 'is the own account' },
  'GET /v1/me/sessions': { none: 'is the own account' },
  'DELETE /v1/me/sessions/:id': { none: "somebody else's are tried in own.test.ts; a key has none" },
  'GET /v1/me/totp': { none: 'is the own account' },
  'POST /v1/me/totp': { none: 'is the own account' },
  'POST /v1/me/totp/confirm': { none: 'is the own account' },
  'POST /v1/me/totp/disable': { none: 'is the own account' },
  'GET /v1/invites': { none: 'takes no id' },
  'POST /v1/invites': { none: 'takes an address' },
  'DELETE /v1/invites/:id': { path: 'invite' },
  'GET /v1/api-keys': { none: 'takes no id' },
  'POST /v1/api-keys': { none: 'takes no id' },
  'PATCH /v1/api-keys/:id': { path: 'key', body: { name: 'Stolen' } },
  'DELETE /v1/api-keys/:id': { path: 'key' },
  'GET /v1/me': { none: 'takes no id' },
  'POST /v1/workspaces': { none: 'takes no id' },
  'GET /v1/workspace': { none: 'is the one of the credential' },
  'PATCH /v1/workspace': { none: 'is the one of the credential' },
  'GET /v1/events': { query: 'after' },
  'GET /v1/events/stream': { query: 'after' },
  'POST /v1/leads/:id/events': { path: 'lead', body: { name: 'trial.planted' } },
  'GET /v1/fields': { none: 'takes no id' },
  'POST /v1/fields': { none: 'takes no id' },
  'PATCH /v1/fields/:key': { path: 'field', body: { label: 'Stolen' } },
  'GET /v1/forms': { none: 'takes no id' },
  'POST /v1/forms': { none: 'takes no id' },
  'GET /v1/forms/:id/definition': { path: 'form' },
  'PATCH /v1/forms/:slug': { path: 'form', body: { name: 'Stolen' } },
  'GET /v1/forms/:slug': { path: 'form' },
  'POST /v1/forms/:slug/submissions': { path: 'form', body: { fields: { email: 'a@example.com' } } },
  'GET /v1/leads': { query: 'cursor', inQuery: { segment: 'segment' } },
  'POST /v1/leads': { none: 'its body takes no id of ours' },
  'GET /v1/leads/:id': { path: 'lead' },
  'PATCH /v1/leads/:id': { path: 'lead', body: { name: 'Stolen' }, inBody: { ownerId: 'member' } },
  'DELETE /v1/leads/:id': { path: 'lead' },
  'GET /v1/leads/:id/timeline': { path: 'lead' },
  'GET /v1/leads/:id/explain': { path: 'lead' },
  'POST /v1/leads/merge': { none: 'its list of ids is tried in merges.test.ts' },
  'GET /v1/leads/:id/export': { path: 'lead' },
  'POST /v1/leads/:id/erase': { path: 'lead', body: {} },
  'GET /v1/forms/:id/retention': { path: 'form' },
  'GET /v1/leads/:id/merges': { path: 'lead' },
  'POST /v1/merges/:id/undo': { path: 'merge' },
  'POST /v1/submissions/:id/confirmation-link': { path: 'submission', body: {} },
  'POST /v1/leads/:id/preference-link': { path: 'lead', body: {} },
  'GET /v1/privacy-requests': { query: 'cursor' },
  'POST /v1/privacy-requests/:id/confirm': { path: 'request' },
  'POST /v1/privacy-requests/:id/refuse': { path: 'request' },
  'GET /v1/leads/:id/consents': { path: 'lead' },
  'POST /v1/leads/:id/consents': {
    path: 'lead',
    body: { action: 'revoke', channel: 'email', purpose: 'news' },
    inBody: { wordingId: 'wording' },
  },
  'GET /v1/suppressions': { query: 'cursor' },
  'POST /v1/suppressions': { none: 'takes an address' },
  'DELETE /v1/suppressions/:id': { path: 'suppression' },
  'GET /v1/duplicates': { none: 'takes no id' },
  'GET /v1/leads/:id/duplicates': { path: 'lead' },
  'POST /v1/duplicates/:id/dismiss': { path: 'duplicate' },
  'GET /v1/leads/:id/notes': { path: 'lead' },
  'POST /v1/leads/:id/notes': { path: 'lead', body: { body: 'Planted' } },
  'PATCH /v1/notes/:id': { path: 'note', body: { body: 'Planted' } },
  'DELETE /v1/notes/:id': { path: 'note' },
  'GET /v1/members': { none: 'takes no id' },
  'POST /v1/members': { none: 'takes an address: users are of the installation' },
  'PATCH /v1/members/:id': { path: 'member', body: { absentUntil: null } },
  'DELETE /v1/members/:id': { path: 'member' },
  'GET /v1/plugins': { none: 'are of the installation' },
  'GET /v1/plugins/:id': { none: 'are of the installation' },
  'POST /v1/plugins/:id/check': { none: 'are of the installation' },
  'PATCH /v1/plugins/:id': { none: 'are of the installation; states are tried in plugins.test.ts' },
  'GET /v1/assignment-rules': { none: 'takes no id' },
  'POST /v1/assignment-rules': { body: assignment, inBody: { 'memberIds.0': 'member' } },
  'PATCH /v1/assignment-rules/:id': { path: 'assignment', body: { name: 'Stolen' } },
  'DELETE /v1/assignment-rules/:id': { path: 'assignment' },
  'GET /v1/leads/:id/score': { path: 'lead' },
  'GET /v1/leads/:id/speed': { path: 'lead' },
  'GET /v1/reports/speed-to-lead': { none: 'takes no id' },
  'GET /v1/score-rules': { none: 'takes no id' },
  'POST /v1/score-rules': { none: 'takes no id' },
  'PATCH /v1/score-rules/:id': { path: 'score', body: { name: 'Stolen' } },
  'DELETE /v1/score-rules/:id': { path: 'score' },
  'POST /v1/leads/bulk': { body: { action: { type: 'tag', add: ['planted'] } }, inBody: { 'ids.0': 'lead' } },
  'GET /v1/jobs': { query: 'cursor' },
  'GET /v1/jobs/:id': { path: 'job' },
  'POST /v1/jobs/:id/cancel': { path: 'job' },
  'POST /v1/jobs/:id/undo': { path: 'job' },
  'GET /v1/pipelines': { none: 'takes no id' },
  'POST /v1/pipelines': { none: 'takes no id' },
  'PATCH /v1/pipelines/:id': { path: 'pipeline', body: pipeline },
  'DELETE /v1/pipelines/:id': { path: 'pipeline' },
  'GET /v1/channels': { none: 'are of the installation' },
  'PATCH /v1/channels/:id': { none: 'are of the installation; settings are tried in messages.test.ts' },
  // Templates and owners of another workspace are tried in messages.test.ts.
  'POST /v1/leads/:id/messages': { path: 'lead', body: { channel: 'sms', body: 'Planted' } },
  'POST /v1/messages/preview': { body: { channel: 'sms', body: 'Hello' }, inBody: { leadId: 'lead' } },
  'GET /v1/message-templates': { none: 'takes no id' },
  'POST /v1/message-templates': { none: 'takes no id' },
  'PATCH /v1/message-templates/:id': { path: 'template', body: { name: 'Stolen' } },
  'DELETE /v1/message-templates/:id': { path: 'template' },
  'GET /v1/messages/:id': { path: 'message' },
  'GET /v1/messages/:id/media/:index': { path: 'message' },
  'POST /v1/messages/:id/cancel': { path: 'message' },
  'GET /v1/conversations': { query: 'cursor', inQuery: { lead: 'lead', owner: 'member' } },
  'GET /v1/conversations/:id': { path: 'conversation' },
  'PATCH /v1/conversations/:id': { path: 'conversation', body: { read: true } },
  'GET /v1/conversations/:id/messages': { path: 'conversation' },
  'GET /v1/segments': { none: 'takes no id' },
  'POST /v1/segments': { none: 'takes no id' },
  'GET /v1/segments/:id': { path: 'segment' },
  'PATCH /v1/segments/:id': { path: 'segment', body: { name: 'Stolen' } },
  'DELETE /v1/segments/:id': { path: 'segment' },
  'GET /v1/receipts/:id': {
    none: 'is public: whoever has the id of a submission is told what became of it, and no more',
  },
  'POST /v1/receipts/verify': { none: 'is public, by a receipt that we signed' },
  'GET /v1/submissions': { query: 'cursor', inQuery: { form: 'form', lead: 'lead' } },
  'GET /v1/submissions/:id': { path: 'submission' },
  'POST /v1/submissions/release': { inBody: { 'ids.0': 'submission' } },
  'POST /v1/submissions/spam': { inBody: { 'ids.0': 'submission' } },
  'POST /v1/submissions/:id/release': { path: 'submission' },
  'POST /v1/submissions/:id/spam': { path: 'submission' },
  'GET /v1/tags': { none: 'takes no id' },
  'POST /v1/leads/:id/tags': { path: 'lead', body: { add: ['planted'] } },
}

test('every route of the contract has its row', () => {
  expect(Object.keys(matrix).sort()).toEqual(Object.keys(contract).sort())
})

describeApartness(matrix, () => ({ server, key, theirs }))

test('nothing of the other workspace is changed, counted or found', async () => {
  const { id: other } = (await server.request('GET /v1/me', { key })).json.workspace
  expect(other).toBe(server.nest.workspaceId)
  expect((await server.request('GET /v1/leads?q=theirs', { key })).json.data).toEqual([])
  expect((await server.request('GET /v1/tags', { key })).json.data).toEqual([])
})
