import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Role, User } from './account.ts'

/** Who works in a workspace, by name; without one, the e-mail stands for it. */
export function listMembers(core: Core, workspaceId: string): Promise<(User & { role: Role })[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<User & { role: Role }>(sql`
      select u.id, u.name, u.email, m.role from memberships m join users u on u.id = m.user_id
      where m.workspace_id = ${workspaceId}
      order by lower(coalesce(u.name, u.email)), u.id`),
  )
}
