import { type Issue, isAbsent, type Member, type Session } from '@leadnest/core'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { wallClock } from '../../moment.ts'
import { SettingsPage } from '../frame.tsx'
import { RoleOptions, roleHint, roleNames } from './roles.tsx'

interface MembersProps {
  session: Session
  members: Member[]
  timeZone: string
  now: Date
  typed?: { email: string; role: string }
  issues?: Issue[]
  justSaved: boolean
}

export function MembersPage({ session, members, timeZone, now, typed, issues = [], justSaved }: MembersProps) {
  return (
    <SettingsPage title="Members" at="/admin/settings/members" {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Members</h1>
          <p class="muted">Who works here. Rules give leads only to members who are there.</p>
        </div>
        {session.scopes.includes('members:write') && (
          <a class="button primary" href="/admin/settings/members/invites">
            <Icon name="mail" /> Invite somebody
          </a>
        )}
      </div>
      <div class="stack">
        <section class="card" aria-label="Members">
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Role</th>
                  <th scope="col">Presence</th>
                </tr>
              </thead>
              <tbody>
                {members.map((member) => (
                  <tr>
                    <td>
                      <a class="row-link" href={`/admin/settings/members/${member.id}`}>
                        {member.name ?? member.email}
                      </a>
                      {member.id === session.user.id && <span class="muted"> (you)</span>}
                      {member.name && <small>{member.email}</small>}
                    </td>
                    <td>{roleNames[member.role]}</td>
                    <td>{presence(member, timeZone, now)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
        {session.scopes.includes('members:write') && (
          <section class="card" aria-labelledby="new-member">
            <h2 id="new-member">Add a member</h2>
            <form method="post" action="/admin/settings/members">
              {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
              <TextField
                name="email"
                label="E-mail"
                type="text"
                inputmode="email"
                autocomplete="off"
                value={typed?.email ?? ''}
                required
                maxlength={320}
                hint="Of somebody who has an account here; invite those who have none."
                issues={issues}
              />
              <SelectField name="role" label="Role" hint={roleHint} issues={issues}>
                <RoleOptions session={session} role={typed?.role ?? 'member'} />
              </SelectField>
              <button class="button" type="submit">
                <Icon name="plus" /> Add
              </button>
            </form>
          </section>
        )}
      </div>
    </SettingsPage>
  )
}

function presence(member: Member, timeZone: string, now: Date): string {
  const at = (time: string) => wallClock(time, timeZone).replace('T', ' ')
  const { absentFrom, absentUntil } = member
  if (isAbsent(member, now)) return absentUntil ? `Absent until ${at(absentUntil)}` : 'Absent'
  const comes = absentFrom && Date.parse(absentFrom) > now.getTime()
  return comes ? `There; absent from ${at(absentFrom)}` : 'There'
}
