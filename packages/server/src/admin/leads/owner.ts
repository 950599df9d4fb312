import type { listMembers } from '@leadnest/core'

export type Member = Awaited<ReturnType<typeof listMembers>>[number]

/** What to call the members of a workspace, by id. */
export type MemberNames = ReadonlyMap<string, string>

export function memberNames(members: Member[]): MemberNames {
  return new Map(members.map(({ id, name, email }) => [id, name || email]))
}

/** Who left the workspace keeps their leads, until these are given to somebody else. */
export function ownerName(id: string, members: MemberNames): string {
  return members.get(id) ?? 'Somebody who left'
}
