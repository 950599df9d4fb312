import { type ApiCall, LeadNestError } from '@leadnest/core/plugin'

/** A file changes a thousand leads, and takes them back: that is for admins, and for keys that may write leads, which admins make. */
export function demandAdmin({ principal }: Pick<ApiCall, 'principal'>): void {
  if (principal.kind !== 'user' || principal.role === 'admin' || principal.role === 'owner') return
  throw new LeadNestError('forbidden', 'Imports and exports are for admins and owners. Ask one of them.')
}
