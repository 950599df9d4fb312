import type { AssignmentRule, Issue, Member, Session } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'
import { RuleForm, type TypedRule } from './rule-form.tsx'

interface EditAssignmentProps {
  session: Session
  rule: AssignmentRule
  members: Member[]
  typed: TypedRule
  issues?: Issue[]
  justSaved?: boolean
}

export function EditAssignmentPage({ session, rule, members, typed, issues = [], justSaved }: EditAssignmentProps) {
  const action = `/admin/settings/assignment/${rule.id}`
  return (
    <SettingsPage
      title={rule.name}
      at="/admin/settings/assignment"
      {...{ session, issues }}
      justSaved={justSaved === true}
    >
      <p class="back">
        <a href="/admin/settings/assignment">
          <Icon name="arrow-left" /> Assignment
        </a>
      </p>
      <div class="head">
        <h1>{rule.name}</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Rule">
          <RuleForm {...{ action, typed, members, issues }} submit="Save" />
        </section>
        <section class="card" aria-labelledby="delete">
          <h2 id="delete">Delete</h2>
          <p>Leads keep the owner that the rule gave them.</p>
          <form method="post" action={`${action}/delete`}>
            <button class="button danger" type="submit">
              <Icon name="bin" /> Delete rule
            </button>
          </form>
        </section>
      </div>
    </SettingsPage>
  )
}
