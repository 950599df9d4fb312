import { countries, type Issue, type Session, type WorkspaceSettings } from '@leadnest/core'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { SettingsPage } from '../frame.tsx'
import { asTypedHours, HoursFields, HoursText, type TypedHours } from '../hours.tsx'

interface WorkspaceProps {
  session: Session
  settings: WorkspaceSettings
  typed?: { name: string; country: string; timeZone: string; privacyRequests: string; hours: TypedHours }
  issues?: Issue[]
  justSaved?: boolean
}

const regions = new Intl.DisplayNames('en', { type: 'region' })
const allCountries = countries
  .map((code) => ({ code, name: regions.of(code) ?? code }))
  .sort((a, b) => a.name.localeCompare(b.name, 'en'))
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const always = 'Always open'
const privacyRules = { confirm: 'Somebody confirms each', automatic: 'They are done by themselves, at once' }

export function WorkspacePage({ session, settings, typed, issues = [], justSaved = false }: WorkspaceProps) {
  return (
    <SettingsPage title="Workspace" at="/admin/settings/workspace" {...{ session, issues, justSaved }}>
      <div class="head">
        <h1>Workspace</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Workspace">
          {session.scopes.includes('settings:write') ? (
            <WorkspaceForm
              typed={
                typed ?? { ...settings, country: settings.country ?? '', hours: asTypedHours(settings.openingHours) }
              }
              issues={issues}
            />
          ) : (
            <Facts settings={settings} />
          )}
        </section>
      </div>
    </SettingsPage>
  )
}

function WorkspaceForm({ typed, issues }: { typed: NonNullable<WorkspaceProps['typed']>; issues: Issue[] }) {
  return (
    <form method="post" action="/admin/settings/workspace">
      {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
      <TextField
        name="name"
        label="Name"
        type="text"
        autocomplete="off"
        value={typed.name}
        required
        maxlength={100}
        issues={issues}
      />
      <SelectField
        name="country"
        label="Country"
        hint="Phone numbers without a country code are read as numbers of this country."
        issues={issues}
      >
        <option value="">None: keep them as they are written</option>
        {allCountries.map(({ code, name }) => (
          <option value={code} selected={code === typed.country}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField name="timeZone" label="Time zone" hint="Opening hours and absences are read in it." issues={issues}>
        {!zones.includes(typed.timeZone) && (
          <option value={typed.timeZone} selected>
            {typed.timeZone}
          </option>
        )}
        {zones.map((zone) => (
          <option value={zone} selected={zone === typed.timeZone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </SelectField>
      <HoursFields typed={typed.hours} issues={issues} legend="Opening hours" always={always} />
      <SelectField
        name="privacyRequests"
        label="Privacy requests"
        hint="People ask for their data, or to be erased, on their own page. Whoever has a message that was passed on can ask too."
        issues={issues}
      >
        {Object.entries(privacyRules).map(([rule, name]) => (
          <option value={rule} selected={rule === typed.privacyRequests}>
            {name}
          </option>
        ))}
      </SelectField>
      <div class="actions">
        <button class="button primary" type="submit">
          Save
        </button>
      </div>
    </form>
  )
}

function Facts({ settings }: { settings: WorkspaceSettings }) {
  return (
    <dl class="facts">
      <div>
        <dt>Name</dt>
        <dd>{settings.name}</dd>
      </div>
      <div>
        <dt>Country</dt>
        <dd>{settings.country ? (regions.of(settings.country) ?? settings.country) : 'None'}</dd>
      </div>
      <div>
        <dt>Time zone</dt>
        <dd>{settings.timeZone}</dd>
      </div>
      <div>
        <dt>Privacy requests</dt>
        <dd>{privacyRules[settings.privacyRequests]}</dd>
      </div>
      <div>
        <dt>Opening hours</dt>
        <dd>
          <HoursText hours={settings.openingHours} always={always} />
        </dd>
      </div>
    </dl>
  )
}
