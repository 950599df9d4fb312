import { demandAdmin, isAdminOrKey } from '../accounts/admins.ts'
import { demand, type Principal } from '../accounts/principal.ts'
import { kinds } from './kinds.ts'

/** Who wants to change a job; a plugin answers for those that ask it. */
export type Asker = Principal | 'plugin'

/** Whoever may not start jobs of a kind may neither end nor take them back. Throws `forbidden`. */
export function demandChange(asker: Asker, kind: string): void {
  const needs = kinds[kind]?.needs
  if (asker === 'plugin' || !needs) return
  demand(asker, needs.scope)
  if (needs.admins) demandAdmin(asker)
}

/** Whether `demandChange` lets it pass. */
export function mayChange(asker: Principal, kind: string): boolean {
  const needs = kinds[kind]?.needs
  return !needs || (asker.scopes.includes(needs.scope) && (!needs.admins || isAdminOrKey(asker)))
}
