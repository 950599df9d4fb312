import { sql } from '@leadnest/core/plugin'
import { afterEach, expect, test } from 'vitest'
import { bearer, type OpenInbound, openInbound } from './testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
async function open(...options: Parameters<typeof openInbound>): Promise<OpenInbound> {
  const desk = await openInbound(...options)
  closing.push(() => desk.close())
  return desk
}

test('a call goes with whoever is erased, refused ones too, and after 30 days', async () => {
  const desk = await open()
  const source = await desk.source({})
  await desk.call(source, { email: 'ada@example.com', name: 'Ada' }, bearer(source))
  const [lead] = await desk.leads()
  await desk.ask(`PATCH /v1/inbound-sources/${source.id}`, { mapping: { email: 'email', phone: 'phone' } })
  await desk.call(source, { email: 'ada@example.com', phone: 'call me' }, bearer(source))
  // Of two in one moment none is the last.
  const calls: { status: string; leadId: string }[] = await desk.calls(source)
  expect(calls.map(({ status, leadId }) => `${status} ${leadId}`).sort()).toEqual([
    `accepted ${lead.id}`,
    `refused ${lead.id}`,
  ])
  await desk.ask(`POST /v1/leads/${lead.id}/erase`, {})
  await desk.nest.settle()
  expect(await desk.calls(source)).toEqual([])

  const age = (days: number) =>
    desk.nest.inWorkspace(desk.nest.workspaceId, (tx) =>
      tx.query(sql`
        update plugin_inbound_calls set created_at = ${new Date(desk.nest.now().getTime() - days * 86_400_000)}
        where workspace_id = ${desk.nest.workspaceId}`),
    )
  await desk.call(source, { phone: 'nobody' }, bearer(source))
  await age(29)
  await desk.nest.clock.advance({ hours: 1 })
  expect(await desk.calls(source)).toHaveLength(1)
  await age(30)
  await desk.nest.clock.advance({ hours: 1 })
  expect(await desk.calls(source)).toEqual([])
})

test('what was refused of somebody who is a lead only later goes with them, too', async () => {
  const desk = await open()
  const source = await desk.source({ mapping: { name: 'who' } })
  await desk.call(source, { who: 'Ada', mail: 'Ada@Example.com' }, bearer(source))
  await desk.call(source, { who: 'Bob', mail: 'bob@example.com' }, bearer(source))
  const { lead } = await desk.nest.capture('contact', { name: 'Ada', email: 'ada@example.com' })
  await desk.nest.settle()
  await desk.ask(`POST /v1/leads/${lead!.id}/erase`, {})
  await desk.nest.settle()
  expect(await desk.calls(source)).toMatchObject([{ status: 'refused', leadId: null }])
})

test('what was refused with a phone alone goes with whose it is, however it is written, and whenever it became theirs', async () => {
  const desk = await open()
  const source = await desk.source({ mapping: { email: 'nothing' } })
  const erased = async (id: string) => {
    await desk.nest.settle()
    await desk.ask(`POST /v1/leads/${id}/erase`, {})
    await desk.nest.settle()
    return (await desk.calls(source)).length
  }
  const say = (tel: unknown) => desk.call(source, { tel }, bearer(source))
  const create = async (lead: object) => (await desk.ask('POST /v1/leads', lead)).json.id
  await say('call 020 7946 0958, please')
  await say('+44 20 7946 0959')
  expect(await erased(await create({ phone: '+442079460958' }))).toBe(1)

  const known = await create({ phone: '+44 20 7946 0960' })
  await say('(020) 7946-0960')
  expect((await desk.calls(source)).map(({ leadId }: { leadId: string }) => leadId).sort()).toEqual(
    [known, null].sort(),
  )
  expect(await erased(known)).toBe(1)

  const later = await create({ email: 'later@example.com' })
  await desk.ask(`PATCH /v1/leads/${later}`, { phone: '+442079460959' })
  expect(await erased(later)).toBe(0)
})
