import { type Sql, sql } from '../postgres/sql.ts'

/** An identity of a merged lead: whoever is known by it is the survivor. */
export interface Alias {
  kind: 'external_id' | 'email' | 'phone'
  value: string
  leadId: string
}

/** What people say they are, each list sorted and without repeats. */
export interface Identities {
  externalIds: string[]
  emails: string[]
  phones: string[]
}

const isAny = ({ externalIds, emails, phones }: Identities) => externalIds.length + emails.length + phones.length > 0

export function identitiesOf(
  people: { externalId?: string | null; email?: string | null; phone?: string | null }[],
): Identities {
  const set = (values: (string | null | undefined)[]) => [...new Set(values.filter((value) => value != null))].sort()
  return {
    externalIds: set(people.map(({ externalId }) => externalId)),
    emails: set(people.map(({ email }) => email)),
    phones: set(people.map(({ phone }) => phone)),
  }
}

/** Null where there is nothing to ask. All values of a kind at once; see `lockKnown`. */
export const readAliases = (workspaceId: string, identities: Identities): Sql | null =>
  isAny(identities)
    ? sql`
  select kind, value, lead_id from lead_aliases
  where workspace_id = ${workspaceId} and (
    (kind = 'external_id' and value = any(${identities.externalIds}::text[]))
    or (kind = 'email' and value = any(${identities.emails}::text[]))
    or (kind = 'phone' and value = any(${identities.phones}::text[]))
  )`
    : null
