import { createLeadNest } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let leadnest: ReturnType<typeof createLeadNest>
let memberId: string

beforeAll(async () => {
  server = await testServer()
  leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
  memberId = (await server.nest.user({ email: 'ada@example.com', password: 'correct horse battery', role: 'member' }))
    .id
})
afterAll(() => server.close())

test('members are listed, changed and removed', async () => {
  await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })
  expect((await leadnest.members.list()).map(({ role }) => role)).toEqual(['member', 'owner'])
  const { workingHours } = await leadnest.members.update(memberId, {
    workingHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
  })
  expect(workingHours).toHaveLength(1)
  await expect(leadnest.members.add({ email: 'nobody@example.com', role: 'viewer' })).rejects.toMatchObject({
    code: 'unknown_reference',
  })
  const { id } = await server.nest.user({ email: 'bob@example.com', password: 'correct horse battery', role: 'viewer' })
  expect(await leadnest.members.remove(id)).toBeNull()
})

test('rules score a lead and give it to somebody, and its speed is reported', async () => {
  const score = await leadnest.scoreRules.create({ name: 'ACME', points: 10, filter: 'company = ACME' })
  const rule = await leadnest.assignmentRules.create({ name: 'All', strategy: 'fixed', memberIds: [memberId] })
  expect([await leadnest.scoreRules.list(), await leadnest.assignmentRules.list()]).toEqual([[score], [rule]])
  await leadnest.forms.submit('contact', { fields: { email: 'new@example.com', name: 'New' } })
  const [lead] = (await leadnest.leads.list({ email: 'new@example.com' })).data
  await leadnest.leads.update(lead!.id, { company: 'ACME' })
  await server.nest.settle()
  expect(await leadnest.leads.get(lead!.id)).toMatchObject({ ownerId: memberId, score: 10 })
  expect(await leadnest.leads.score(lead!.id)).toEqual({
    score: 10,
    parts: [{ ruleId: score.id, name: 'ACME', points: 10 }],
  })
  expect(await leadnest.leads.speed(lead!.id)).toMatchObject([{ seconds: null }])
  expect(await leadnest.reports.speedToLead()).toMatchObject({ submissions: 1, waiting: 1 })
  await leadnest.scoreRules.update(score.id, { points: 5 })
  await leadnest.assignmentRules.update(rule.id, { enabled: false })
  expect(await leadnest.scoreRules.delete(score.id)).toBeNull()
  expect(await leadnest.assignmentRules.delete(rule.id)).toBeNull()
})
