import type { Role, Session } from '@leadnest/core'

export const roleNames: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member', viewer: 'Viewer' }

export const roleHint =
  'A viewer reads; a member also writes leads; an admin also forms, settings and members; an owner everything.'

/** Only an owner makes an owner. */
export function RoleOptions({ session, role }: { session: Session; role: string }) {
  return (
    <>
      {(['viewer', 'member', 'admin', 'owner'] as const)
        .filter((name) => name !== 'owner' || session.role === 'owner')
        .map((name) => (
          <option value={name} selected={name === role}>
            {roleNames[name]}
          </option>
        ))}
    </>
  )
}
