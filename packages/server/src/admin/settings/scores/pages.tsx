import type { Form, Issue, ScoreRule, Session } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { signed } from '../../leads/score.tsx'
import { SettingsPage } from '../frame.tsx'
import { happenings, noRule, RuleForm, type TypedRule } from './rule-form.tsx'

const path = '/admin/settings/scores'

interface ScoresProps {
  session: Session
  rules: ScoreRule[]
  forms: Form[]
  typed?: TypedRule
  issues?: Issue[]
  justSaved: boolean
}

export function ScoresPage({ session, rules, forms, typed, issues = [], justSaved }: ScoresProps) {
  const mayWrite = session.scopes.includes('settings:write')
  return (
    <SettingsPage title="Scores" at={path} {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Scores</h1>
          <p class="muted">A lead’s score is the sum of its rules. A change counts all leads again.</p>
        </div>
      </div>
      <div class="stack">
        {rules.length === 0 && (
          <section class="card empty">
            <Icon name="filter" />
            <h2>No rule yet</h2>
            <p class="muted">Every lead has a score of 0.</p>
          </section>
        )}
        {rules.length > 0 && (
          <section class="card" aria-label="Rules">
            <dl class="sums">
              {rules.map((rule) => (
                <div>
                  <dt>
                    {mayWrite ? (
                      <a class="row-link" href={`${path}/${rule.id}`}>
                        {rule.name}
                      </a>
                    ) : (
                      rule.name
                    )}{' '}
                    {!rule.enabled && <span class="stage lost">Off</span>}
                    <p class="muted small">{rule.filter === null ? happeningOf(rule) : <code>{rule.filter}</code>}</p>
                  </dt>
                  <dd class="figures">{signed(rule.points)}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        {mayWrite && (
          <section class="card" aria-labelledby="new-rule">
            <h2 id="new-rule">Add a rule</h2>
            <RuleForm action={path} submit="Add" typed={typed ?? noRule} {...{ forms, issues }} />
          </section>
        )}
      </div>
    </SettingsPage>
  )
}

function happeningOf({ event }: ScoreRule): string {
  if (!event) return ''
  const what = happenings.get(event.type) ?? event.type
  const times = event.max === undefined ? '' : `, at most ${event.max} times`
  const which = event.formSlug ?? event.name
  return `Each time: ${what}${which ? ` (${which})` : ''}${times}`
}

interface EditScoreProps {
  session: Session
  rule: ScoreRule
  forms: Form[]
  typed: TypedRule
  issues?: Issue[]
}

export function EditScorePage({ session, rule, forms, typed, issues = [] }: EditScoreProps) {
  const action = `${path}/${rule.id}`
  return (
    <SettingsPage title={rule.name} at={path} {...{ session, issues }}>
      <p class="back">
        <a href={path}>
          <Icon name="arrow-left" /> Scores
        </a>
      </p>
      <div class="head">
        <h1>{rule.name}</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Rule">
          <RuleForm {...{ action, typed, forms, issues }} submit="Save" />
        </section>
        <section class="card" aria-labelledby="delete">
          <h2 id="delete">Delete</h2>
          <p>Its points are taken from all leads.</p>
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
