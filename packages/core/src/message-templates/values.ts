import type { Lead } from '../leads/lead.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** What a template is filled in with. What is empty is missing, so that `default` fills it. */
export async function valuesFor(
  tx: Tx,
  workspaceId: string,
  lead: Pick<Lead, 'name' | 'firstName' | 'lastName' | 'email' | 'phone' | 'company' | 'fields' | 'ownerId'> | null,
  preferences: string,
): Promise<object> {
  const [workspace] = await tx.query<{ name: string }>(sql`select name from workspaces where id = ${workspaceId}`)
  const [owner] = lead?.ownerId
    ? await tx.query<{ name: string | null; email: string }>(
        sql`select name, email from users where id = ${lead.ownerId}`,
      )
    : []
  const { name, firstName, lastName, email, phone, company, fields = {} } = lead ?? {}
  const words = name?.trim().split(/\s+/) ?? []
  return {
    name: name ?? undefined,
    firstName: firstName ?? (words.length > 1 ? words[0] : name) ?? undefined,
    lastName: lastName ?? (words.length > 1 ? words.slice(1).join(' ') : undefined),
    email: email ?? undefined,
    phone: phone ?? undefined,
    company: company ?? undefined,
    fields,
    owner: owner ? { name: owner.name ?? owner.email, email: owner.email } : {},
    workspace: { name: workspace!.name },
    preferences,
  }
}
