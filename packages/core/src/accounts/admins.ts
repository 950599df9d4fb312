import { LeadNestError } from '../errors.ts'
import type { Principal } from './principal.ts'

/** Keys may do what the admins said who made them. */
export const isAdminOrKey = ({ kind, role }: Pick<Principal, 'kind' | 'role'>): boolean =>
  kind !== 'user' || role === 'admin' || role === 'owner'

/** A file changes a thousand leads, takes them back, or holds them all. Throws `forbidden`. */
export function demandAdmin(asker: Pick<Principal, 'kind' | 'role'>): void {
  if (!isAdminOrKey(asker))
    throw new LeadNestError('forbidden', 'Imports and exports are for admins and owners. Ask one of them.')
}
