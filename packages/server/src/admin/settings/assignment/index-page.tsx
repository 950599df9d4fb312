import type { AssignmentRule, Issue, Member, Session } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { memberNames, ownerName } from '../../leads/owner.ts'
import { SettingsPage } from '../frame.tsx'
import { noRule, RuleForm, strategies, type TypedRule } from './rule-form.tsx'

interface AssignmentProps {
  session: Session
  rules: AssignmentRule[]
  members: Member[]
  typed?: TypedRule
  issues?: Issue[]
  justSaved: boolean
}

const path = '/admin/settings/assignment'

export function AssignmentPage({ session, rules, members, typed, issues = [], justSaved }: AssignmentProps) {
  const mayWrite = session.scopes.includes('settings:write')
  const names = memberNames(members)
  return (
    <SettingsPage title="Assignment" at={path} {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Assignment</h1>
          <p class="muted">
            Rules that give new leads an owner. The first that matches, and finds somebody there, does.
          </p>
        </div>
      </div>
      <div class="stack">
        {rules.length === 0 && (
          <section class="card empty">
            <Icon name="people" />
            <h2>No rule yet</h2>
            <p class="muted">New leads belong to nobody until somebody takes them.</p>
          </section>
        )}
        {rules.length > 0 && (
          <ol class="stack">
            {rules.map((rule, i) => (
              <li class="card">
                <div class="title-row">
                  <h2>
                    {mayWrite ? <a href={`${path}/${rule.id}`}>{rule.name}</a> : rule.name}{' '}
                    {!rule.enabled && <span class="stage lost">Off</span>}
                  </h2>
                  {mayWrite && (
                    <form method="post" action={`${path}/${rule.id}/move`} class="steps-of-stage">
                      <Move step="up" rule={rule} off={i === 0} />
                      <Move step="down" rule={rule} off={i === rules.length - 1} />
                    </form>
                  )}
                </div>
                <p>
                  {rule.filter ? <code>{rule.filter}</code> : 'All leads'}
                  <span class="muted">
                    {' '}
                    → {strategies[rule.strategy].toLowerCase()}:{' '}
                    {rule.memberIds.map((id) => ownerName(id, names)).join(', ')}
                  </span>
                </p>
              </li>
            ))}
          </ol>
        )}
        {mayWrite && (
          <section class="card" aria-labelledby="new-rule">
            <h2 id="new-rule">Add a rule</h2>
            <RuleForm action={path} submit="Add" typed={typed ?? noRule} {...{ members, issues }} />
          </section>
        )}
      </div>
    </SettingsPage>
  )
}

function Move({ step, rule, off }: { step: 'up' | 'down'; rule: AssignmentRule; off: boolean }) {
  const name = `Move ${rule.name} ${step}`
  return (
    <button class="button" type="submit" name="step" value={step} aria-label={name} title={name} disabled={off}>
      <Icon name={`arrow-${step}`} />
    </button>
  )
}
