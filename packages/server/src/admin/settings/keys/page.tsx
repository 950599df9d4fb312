import { type ApiKey, type Issue, Scope, type Session } from '@leadnest/core'
import { Code } from '../../code.tsx'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { Time } from '../../time.tsx'
import { SettingsPage } from '../frame.tsx'

export interface TypedKey {
  kind: string
  name: string
  scopes: string[]
  days: string
  origins: string
}

export const ends = [
  ['', 'Never'],
  ['30', 'After 30 days'],
  ['90', 'After 90 days'],
  ['365', 'After a year'],
] as const

interface KeysProps {
  session: Session
  keys: ApiKey[]
  now: Date
  /** The text of one that was just made. */
  made?: string
  typed?: TypedKey
  issues?: Issue[]
  justSaved: boolean
}

export function KeysPage({ session, keys, now, made, typed, issues = [], justSaved }: KeysProps) {
  const mayWrite = session.scopes.includes('keys:write')
  return (
    <SettingsPage title="API keys" at="/admin/settings/keys" {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>API keys</h1>
          <p class="muted">How programs and pages reach this workspace.</p>
        </div>
      </div>
      <div class="stack">
        {made && (
          <section class="card" role="status" aria-labelledby="made">
            <h2 id="made">Your new key</h2>
            <p>Copy it now: it is shown this once.</p>
            <Code id="new-key">{made}</Code>
          </section>
        )}
        <section class="card" aria-label="Keys">
          {keys.length === 0 ? <p class="muted">There is none yet.</p> : <Keys {...{ keys, now, mayWrite }} />}
        </section>
        {mayWrite && <NewKey session={session} typed={typed} issues={issues} />}
      </div>
    </SettingsPage>
  )
}

function Keys({ keys, now, mayWrite }: { keys: ApiKey[]; now: Date; mayWrite: boolean }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">May</th>
            <th scope="col">Ends</th>
            <th scope="col">Last used</th>
            {mayWrite && (
              <th scope="col">
                <span class="unseen">Revoke</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {keys.map(({ id, name, kind, hint, scopes, origins, expiresAt, lastUsedAt }) => (
            <tr>
              <td>
                {name}
                <small>
                  {kind === 'secret' ? 'ln_sk_' : 'ln_pk_'}…{hint}
                </small>
              </td>
              <td>
                {kind === 'secret' ? scopes.join(', ') : 'draw and send forms'}
                {origins.length > 0 && <small>on {origins.join(', ')}</small>}
              </td>
              <td>{endOf(expiresAt, now)}</td>
              <td>{lastUsedAt ? <Time at={lastUsedAt} /> : 'Never'}</td>
              {mayWrite && (
                <td>
                  <form method="post" action={`/admin/settings/keys/${id}/revoke`}>
                    <button class="button danger" type="submit">
                      Revoke<span class="unseen"> {name}</span>
                    </button>
                  </form>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function endOf(expiresAt: string | null, now: Date): string {
  if (expiresAt === null) return 'Never'
  return Date.parse(expiresAt) <= now.getTime() ? 'Has ended' : expiresAt.slice(0, 10)
}

interface NewKeyProps {
  session: Session
  typed: TypedKey | undefined
  issues: Issue[]
}

function NewKey({ session, typed, issues }: NewKeyProps) {
  const chosen = typed ?? { kind: 'secret', name: '', scopes: ['leads:read', 'leads:write'], days: '', origins: '' }
  return (
    <section class="card" aria-labelledby="new-key-title">
      <h2 id="new-key-title">Make a key</h2>
      <form method="post" action="/admin/settings/keys">
        {issues.length > 0 && <ErrorSummary title="Nothing was made yet." issues={issues} />}
        <TextField
          name="name"
          label="Name"
          hint="What it is for, to know it again."
          type="text"
          autocomplete="off"
          value={chosen.name}
          required
          maxlength={100}
          issues={issues}
        />
        <fieldset>
          <legend>Kind</legend>
          {(['secret', 'publishable'] as const).map((kind) => (
            <label class="choice">
              <input type="radio" name="kind" value={kind} checked={kind === chosen.kind} />
              {kind === 'secret' ? 'Secret: for servers' : 'Publishable: for pages, may only draw and send forms'}
            </label>
          ))}
        </fieldset>
        <fieldset id="scopes">
          <legend>What a secret key may do</legend>
          <div class="choices">
            {Scope.options
              .filter((scope) => session.scopes.includes(scope) && scope !== 'workspaces:write')
              .map((scope) => (
                <label class="choice">
                  <input type="checkbox" name="scopes" value={scope} checked={chosen.scopes.includes(scope)} /> {scope}
                </label>
              ))}
          </div>
        </fieldset>
        <TextField
          name="origins"
          label="Sites of a publishable key (optional)"
          hint="With commas between, like https://www.example.com. Without any, every page may use it."
          type="text"
          autocomplete="off"
          value={chosen.origins}
          issues={issues}
        />
        <SelectField name="days" label="Ends" issues={issues}>
          {ends.map(([days, name]) => (
            <option value={days} selected={days === chosen.days}>
              {name}
            </option>
          ))}
        </SelectField>
        <button class="button" type="submit">
          <Icon name="plus" /> Make key
        </button>
      </form>
    </section>
  )
}
