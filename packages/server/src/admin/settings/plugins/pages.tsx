import type { Issue, PluginView, Session } from '@leadnest/core'
import { ErrorSummary } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { pagesOf } from '../../plugins/paths.ts'
import { Time } from '../../time.tsx'
import { SettingsPage } from '../frame.tsx'
import { SettingControl } from './setting-control.tsx'
import { hookWords, inWords, partNames } from './words.ts'

const at = '/admin/settings/plugins'

interface PluginsProps {
  session: Session
  plugins: PluginView[]
}

export function PluginsPage({ session, plugins }: PluginsProps) {
  return (
    <SettingsPage title="Plugins" at={at} session={session}>
      <div class="head">
        <div>
          <h1>Plugins</h1>
          <p class="muted">
            What this installation has beside the core. They are listed in <code>leadnest.config.ts</code>.
          </p>
        </div>
      </div>
      {plugins.length === 0 && (
        <div class="card empty">
          <h2>No plugin yet</h2>
          <p class="muted">
            Add one to <code>leadnest.config.ts</code> and start LeadNest again.
          </p>
        </div>
      )}
      <ul class="cards">
        {plugins.map((plugin) => (
          <li class="card">
            <h2>
              <a class="row-link" href={`${at}/${plugin.id}`}>
                {plugin.name}
              </a>
            </h2>
            <Standing plugin={plugin} />
            <OwnPages {...{ session, plugin }} />
            <p class="muted small">
              <code>{plugin.id}</code>
              {plugin.version && ` · version ${plugin.version}`}
            </p>
          </li>
        ))}
      </ul>
    </SettingsPage>
  )
}

/** Whether it works, and why not. */
function Standing({ plugin: { enabled, needsSettings, restingUntil, failures, lastError } }: { plugin: PluginView }) {
  const failure = lastError && <p class="muted small">Last failure: {lastError}</p>
  if (!enabled) return <p class="muted">Off</p>
  if (needsSettings)
    return (
      <>
        <p>
          <Icon name="alert" /> Needs settings before it does anything.
        </p>
        {failure}
      </>
    )
  return (
    <>
      <p>{restingUntil ? <>Rests after {failures} failures in a row</> : 'On'}</p>
      {restingUntil && (
        <p class="muted small">
          It tries again <Time at={restingUntil} />.
        </p>
      )}
      {failure}
    </>
  )
}

/** The ways to its pages in the navigation. */
function OwnPages({ session, plugin }: { session: Session; plugin: PluginView }) {
  const pages = session.pages.filter(({ pluginId }) => pluginId === plugin.id)
  if (pages.length === 0) return null
  return (
    <p>
      {pages.map(({ path, title }, i) => (
        <>
          {i > 0 && ' · '}
          <a href={`${pagesOf(plugin)}${path === '/' ? '' : path}`}>{title}</a>
        </>
      ))}
    </p>
  )
}

interface PluginProps {
  session: Session
  plugin: PluginView
  typed?: Record<string, string>
  /** What it said when it was asked how it is. */
  health?: { ok: boolean; detail: string | null }
  issues?: Issue[]
  justSaved?: boolean
  /** What the addresses of this LeadNest begin with. */
  base: string
}

export function PluginPage({ session, plugin, base, typed = {}, health, issues = [], justSaved = false }: PluginProps) {
  const inFull = (route: string) => route.replace(' ', ` ${base}/plugins/${plugin.id}`)
  const mayEdit = session.scopes.includes('settings:write')
  return (
    <SettingsPage title={plugin.name} {...{ at, session, issues, justSaved }}>
      <p class="back">
        <a href={at}>
          <Icon name="arrow-left" /> Plugins
        </a>
      </p>
      <div class="head">
        <h1>{plugin.name}</h1>
        {mayEdit && (
          <form method="post" action={`${at}/${plugin.id}/turn`}>
            <button class="button" name="enabled" value={String(!plugin.enabled)} type="submit">
              {plugin.enabled ? 'Turn off' : 'Turn on'}
            </button>
          </form>
        )}
      </div>
      <div class="stack">
        <section class="card" aria-labelledby="standing">
          <h2 id="standing">How it fares</h2>
          <Standing plugin={plugin} />
          <OwnPages {...{ session, plugin }} />
          {health && (
            <p role="status">
              <Icon name={health.ok ? 'check' : 'alert'} /> {health.detail ?? 'It reaches what it works with.'}
            </p>
          )}
          {mayEdit && (
            <form method="post" action={`${at}/${plugin.id}/check`}>
              <button class="button" type="submit">
                Check
              </button>
            </form>
          )}
          {mayEdit && plugin.enabled && plugin.failures > 0 && (
            <form method="post" action={`${at}/${plugin.id}/turn`}>
              <button class="button" name="enabled" value="true" type="submit">
                Try again now
              </button>
            </form>
          )}
        </section>
        {plugin.settings.length > 0 && (
          <section class="card" aria-labelledby="settings">
            <h2 id="settings">Settings</h2>
            <form method="post" action={`${at}/${plugin.id}`}>
              {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
              {plugin.settings.map((setting) => (
                <SettingControl setting={setting} typed={typed[setting.key]} issues={issues} />
              ))}
              {mayEdit && (
                <div class="actions">
                  <button class="button primary" type="submit">
                    Save
                  </button>
                </div>
              )}
            </form>
          </section>
        )}
        {Object.keys(plugin.adds).length > 0 && (
          <section class="card" aria-labelledby="adds">
            <h2 id="adds">What it adds</h2>
            <dl class="facts">
              {Object.entries(plugin.adds).map(([key, names]) => (
                <div>
                  <dt>{partNames[key] ?? key}</dt>
                  <dd>
                    {names.map((name, i) => (
                      <>
                        {i > 0 && ', '}
                        {key === 'hooks' ? (
                          (hookWords[name] ?? name)
                        ) : (
                          <code>{key === 'routes' ? inFull(name) : name}</code>
                        )}
                      </>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        <section class="card" aria-labelledby="powers">
          <h2 id="powers">What it may do</h2>
          <ul>
            {plugin.listensTo.length > 0 && <li>Is told of {plugin.listensTo.join(', ')}.</li>}
            {plugin.capabilities.map((name) => (
              <li>{inWords(name)}</li>
            ))}
          </ul>
          <p class="muted small">
            A plugin is code that runs with the server's rights, like a dependency. This list protects from mistakes,
            not from malice.
          </p>
        </section>
      </div>
    </SettingsPage>
  )
}
