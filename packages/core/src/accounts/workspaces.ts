import { beginLedger } from '../consents/head.ts'
import type { Core } from '../core.ts'
import { type By, bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { contactForm, insertForm } from '../forms/create-form.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { makePepper } from '../suppressions/pepper.ts'
import type { Role, Workspace } from './account.ts'

/** A workspace with its first form `contact`; `ownerId` becomes its owner. */
export async function createWorkspace(
  core: Core,
  { name, ownerId, by = bySystem }: { name: string; ownerId?: string; by?: By },
): Promise<Workspace> {
  const id = newId()
  const create = (slug: string) =>
    core.inWorkspace(id, async (tx) => {
      const workspace = await insertWorkspace(core, tx, { id, name, slug })
      if (ownerId) await addMember(tx, id, ownerId, 'owner')
      const event = { type: 'workspace.created' as const, leadId: null, ...by, data: { name }, at: core.now() }
      await recordEvents(tx, id, [newEvent(event)])
      return workspace
    })
  const slug = slugOf(name)
  try {
    return await create(slug)
  } catch (error) {
    if (brokenConstraint(error) !== 'workspaces_slug_key') throw error
    return create(`${slug}-${id.slice(-12)}`)
  }
}

async function insertWorkspace(
  core: Core,
  tx: Tx,
  { id, name, slug }: Pick<Workspace, 'id' | 'name' | 'slug'>,
): Promise<Workspace> {
  const [workspace] = await tx.query<Workspace>(sql`
    insert into workspaces (id, name, slug) values (${id}, ${name}, ${slug}) returning id, name, slug, created_at`)
  await insertForm(tx, id, contactForm)
  await tx.query(sql`select begin_pipeline(${id})`)
  await beginLedger(core, tx, id)
  await makePepper(core, tx, id)
  return workspace!
}

function slugOf(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return ascii.slice(0, 50) || 'workspace'
}

export async function addMember(tx: Tx, workspaceId: string, userId: string, role: Role): Promise<void> {
  await tx.query(sql`
    insert into memberships (workspace_id, user_id, role) values (${workspaceId}, ${userId}, ${role})
    on conflict (workspace_id, user_id) do update set role = excluded.role`)
}

const first = sql`select workspace_id from directory where kind = 'first_workspace' and name = ''`

/**
 * The workspace of this installation, made where there is none yet: public forms without a credential are looked for in
 * it. Safe when several processes start at once.
 */
export async function firstWorkspace(core: Core): Promise<string> {
  const [known] = await core.outside((tx) => tx.query<{ workspaceId: string }>(first))
  if (known) return known.workspaceId
  const id = newId()
  return core.inWorkspace(id, async (tx) => {
    await tx.query(sql`select pg_advisory_xact_lock(5136472)`)
    const [meanwhile] = await tx.query<{ workspaceId: string }>(first)
    if (meanwhile) return meanwhile.workspaceId
    await insertWorkspace(core, tx, { id, name: 'My workspace', slug: 'my-workspace' })
    await tx.query(sql`insert into directory (kind, name, workspace_id) values ('first_workspace', '', ${id})`)
    return id
  })
}

/** Whether row security holds the role that we log in as. */
export async function isBoundByRowSecurity(core: Core): Promise<boolean> {
  const [role] = await core.outside((tx) =>
    tx.query<{ bound: boolean }>(
      sql`select not (rolsuper or rolbypassrls) as bound from pg_roles where rolname = current_user`,
    ),
  )
  return role?.bound ?? false
}

/** The workspaces a user is a member of, by name. */
export function workspacesOf(core: Core, userId: string) {
  return core.asUser(userId, (tx) =>
    tx.query<{ id: string; name: string; slug: string; role: Role }>(sql`
      select w.id, w.name, w.slug, m.role from memberships m join workspaces w on w.id = m.workspace_id
      where m.user_id = ${userId} order by w.name, w.id`),
  )
}

export async function getWorkspace(core: Core, id: string): Promise<Workspace> {
  const [workspace] = await core.inWorkspace(id, (tx) =>
    tx.query<Workspace>(sql`select id, name, slug, created_at from workspaces where id = ${id}`),
  )
  return workspace!
}
