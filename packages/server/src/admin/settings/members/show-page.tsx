import type { Issue, Member, Session } from '@leadnest/core'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'
import { asTypedHours, HoursFields, HoursText, type TypedHours } from '../hours.tsx'
import { RoleOptions, roleHint, roleNames } from './roles.tsx'

/** A form of the page that was refused, as it was typed. */
export type RefusedMember = { issues: Issue[] } & (
  | { form: 'role'; typed: { role: string } }
  | { form: 'absence'; typed: { absentFrom: string; absentUntil: string } }
  | { form: 'hours'; typed: TypedHours }
  | { form: 'remove'; typed: object }
)

interface MemberProps {
  session: Session
  member: Member
  timeZone: string
  absence: { absentFrom: string; absentUntil: string }
  refused: RefusedMember | undefined
  justSaved: boolean
}

const always = 'The opening hours of the workspace'

export function MemberPage({ session, member, timeZone, absence, refused, justSaved }: MemberProps) {
  const { issues = [] } = refused ?? {}
  const action = `/admin/settings/members/${member.id}`
  const isSelf = member.id === session.user.id
  const manages = session.scopes.includes('members:write')
  const mayUnmake = manages && (member.role !== 'owner' || session.role === 'owner')
  const mayTime = manages || isSelf
  const typedAbsence = refused?.form === 'absence' ? refused.typed : absence
  const problem = (form: RefusedMember['form']) =>
    refused?.form === form && <ErrorSummary title="Nothing was saved yet." issues={issues} />
  return (
    <SettingsPage
      title={member.name ?? member.email}
      at="/admin/settings/members"
      {...{ session, issues }}
      justSaved={justSaved && !refused}
    >
      <p class="back">
        <a href="/admin/settings/members">
          <Icon name="arrow-left" /> Members
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{member.name ?? member.email}</h1>
          <p class="under-title muted">
            {member.name && <span>{member.email}</span>} <span>{roleNames[member.role]}</span>
          </p>
        </div>
      </div>
      <div class="stack">
        {mayUnmake && (
          <section class="card" aria-labelledby="role-title">
            <h2 id="role-title">Role</h2>
            <form method="post" action={`${action}/role`}>
              {problem('role')}
              <SelectField name="role" label="Role" hint={`${roleHint} A new role signs them out.`} issues={issues}>
                <RoleOptions session={session} role={refused?.form === 'role' ? refused.typed.role : member.role} />
              </SelectField>
              <button class="button" type="submit">
                Save role
              </button>
            </form>
          </section>
        )}
        <section class="card" aria-labelledby="absence">
          <h2 id="absence">Absence</h2>
          <p class="muted">Rules give no leads to somebody who is absent. By the clock of {timeZone}.</p>
          {mayTime ? (
            <form method="post" action={`${action}/absence`}>
              {problem('absence')}
              <div class="pair">
                {(['absentFrom', 'absentUntil'] as const).map((name) => (
                  <TextField
                    name={name}
                    label={name === 'absentFrom' ? 'From' : 'Until'}
                    type="datetime-local"
                    autocomplete="off"
                    value={typedAbsence[name]}
                    issues={issues}
                  />
                ))}
              </div>
              <button class="button" type="submit">
                Save absence
              </button>
            </form>
          ) : (
            <p>
              {absence.absentFrom || absence.absentUntil
                ? `${absence.absentFrom.replace('T', ' ') || '…'} – ${absence.absentUntil.replace('T', ' ') || '…'}`
                : 'None'}
            </p>
          )}
        </section>
        <section class="card" aria-labelledby="working">
          <h2 id="working">Working hours</h2>
          {mayTime ? (
            <form method="post" action={`${action}/hours`}>
              {problem('hours')}
              <HoursFields
                typed={refused?.form === 'hours' ? refused.typed : asTypedHours(member.workingHours)}
                issues={issues}
                legend="Gets leads"
                always={always}
              />
              <button class="button" type="submit">
                Save hours
              </button>
            </form>
          ) : (
            <p class="lines">
              <HoursText hours={member.workingHours} always={always} />
            </p>
          )}
        </section>
        {(mayUnmake || isSelf) && (
          <section class="card" aria-labelledby="remove">
            <h2 id="remove">{isSelf ? 'Leave' : 'Remove'}</h2>
            <p>The membership ends with its sessions. Leads keep their owner until they are given to somebody else.</p>
            <form method="post" action={`${action}/remove`}>
              {problem('remove')}
              <button class="button danger" type="submit">
                {isSelf ? 'Leave the workspace' : 'Remove from the workspace'}
              </button>
            </form>
          </section>
        )}
      </div>
    </SettingsPage>
  )
}
