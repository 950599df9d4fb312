import { readShape } from '../fields/shape.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { fieldsToCreate, withCreated } from './columns.ts'
import type { ImportOptions } from './import.ts'
import type { Surroundings } from './read-row.ts'

/** What rows may name: fields, stages and members, as they are now, and the fields that this mapping makes. */
export async function readSurroundings(
  tx: Tx,
  workspaceId: string,
  mapping: ImportOptions['mapping'] = {},
): Promise<Surroundings> {
  const [shape, stages, members] = await Promise.all([
    readShape(tx, workspaceId),
    tx.query<{ key: string; name: string }>(
      sql`select key, name from stages where workspace_id = ${workspaceId} order by position desc, key`,
    ),
    tx.query<{ id: string; email: string }>(sql`
      select u.id, u.email from memberships m join users u on u.id = m.user_id where m.workspace_id = ${workspaceId}`),
  ])
  const created = fieldsToCreate(shape, mapping)
  return {
    shape: withCreated(shape, created),
    created,
    // A key says more than a name, so it is entered last.
    stages: new Map([
      ...stages.map(({ key, name }) => [name.toLowerCase(), key] as const),
      ...stages.map(({ key }) => [key.toLowerCase(), key] as const),
    ]),
    owners: new Map(members.flatMap(({ id, email }) => [[id, id] as const, [email.toLowerCase(), id] as const])),
  }
}
