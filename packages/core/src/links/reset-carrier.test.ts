import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addMember, createWorkspace } from '../accounts/workspaces.ts'
import { bySystem } from '../events/event.ts'
import { definePlugin, sql } from '../plugin.ts'
import { updatePlugin } from '../plugins/states.ts'
import { type TestNest, testNest } from '../testing.ts'
import { askPasswordReset } from './ask-password-reset.ts'
import { canSendLinks } from './offer-link.ts'

const sent: { to: string; server: string; workspace: string; url: string }[] = []
const post = definePlugin<{ server: string }>({
  id: 'post',
  name: 'Post',
  capabilities: ['links'],
  settings: v.object({ server: v.pipe(v.string(), v.metadata({ env: 'POST_SERVER' })) }),
  sendLink: async ({ to, url, workspace }, { settings }) =>
    void sent.push({ to, server: settings.server, workspace, url }),
})

let nest: TestNest
let other: string
const email = 'olga@acme.example'
const set = (workspaceId: string, settings: { server: string }) =>
  updatePlugin(nest, workspaceId, 'post', { settings }, bySystem)

async function open(environment: Record<string, string>): Promise<void> {
  nest = await testNest({ plugins: [post], environment, clock: '2027-03-01T09:00:00Z' })
  const { id } = await nest.user({ email, password: 'a long phrase of hers' })
  other = (await createWorkspace(nest, { name: 'A workspace of somebody else' })).id
  await nest.inWorkspace(other, (tx) => addMember(tx, other, id, 'member'))
}
beforeEach(() => void sent.splice(0))
afterEach(() => nest.close())

test('a reset goes by what the operator gave, whatever server a workspace of that user named', async () => {
  await open({ POST_SERVER: 'operator.example' })
  await set(other, { server: 'evil.example' })
  await set(nest.workspaceId, { server: 'theirs.example' })
  await askPasswordReset(nest, email)
  await nest.settle()
  expect(sent).toMatchObject([{ to: email, server: 'operator.example', workspace: 'A workspace of somebody else' }])
})

test('where only workspaces named a server, none carries a reset, and the sign-in offers none', async () => {
  await open({})
  await set(other, { server: 'evil.example' })
  await set(nest.workspaceId, { server: 'theirs.example' })
  expect(await canSendLinks(nest)).toBe(false)
  await askPasswordReset(nest, email)
  await nest.settle()
  expect(sent).toEqual([])
})

test('a reset whose job could not be added was not made either, so that the next try sends it', async () => {
  await open({ POST_SERVER: 'operator.example' })
  await nest.pool.query(`
    create function refuse_link() returns trigger language plpgsql as $$ begin
      if new.task_id = (select id from graphile_worker._private_tasks where identifier = 'send_link') then raise 'no room'; end if;
      return new;
    end $$;
    create trigger refuse_link before insert on graphile_worker._private_jobs for each row execute function refuse_link()`)
  await askPasswordReset(nest, email)
  await nest.settle()
  expect(await nest.outside((tx) => tx.query(sql`select user_id from password_resets`))).toEqual([])
  await nest.pool.query('drop trigger refuse_link on graphile_worker._private_jobs')
  await nest.clock.advance({ minutes: 1 })
  expect(sent).toMatchObject([{ to: email }])
})
