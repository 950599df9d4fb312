import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import { type Member, memberColumns } from './member.ts'

/** Who works in a workspace, by name; without one, the e-mail stands for it. `active` leaves out who is disabled. */
export function listMembers(core: Core, workspaceId: string, { active = false } = {}): Promise<Member[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Member>(sql`
      select ${memberColumns} from memberships m join users u on u.id = m.user_id
      where m.workspace_id = ${workspaceId} and (not ${active}::boolean or u.disabled_at is null)
      order by lower(coalesce(u.name, u.email)), u.id`),
  )
}
