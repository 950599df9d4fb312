import type { Issue, Scope, Session } from '@leadnest/core'
import type { PropsWithChildren } from 'hono/jsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'

const parts: { path: string; name: string; scope?: Scope }[] = [
  { path: '/admin/settings/workspace', name: 'Workspace' },
  { path: '/admin/settings/pipelines', name: 'Pipelines' },
  { path: '/admin/settings/fields', name: 'Fields' },
  { path: '/admin/settings/members', name: 'Members' },
  { path: '/admin/settings/keys', name: 'API keys', scope: 'keys:read' },
  { path: '/admin/settings/assignment', name: 'Assignment' },
  { path: '/admin/settings/scores', name: 'Scores' },
  { path: '/admin/settings/suppressions', name: 'Suppressions', scope: 'leads:read' },
  { path: '/admin/settings/plugins', name: 'Plugins' },
]

type SettingsProps = PropsWithChildren<{
  title: string
  session: Session
  /** The path of the part it belongs to. */
  at: string
  /** Somebody comes from saving. */
  justSaved?: boolean
  issues?: Issue[]
}>

/** A page of the settings, with the ways to the others. */
export function SettingsPage({ title, session, at, justSaved = false, issues = [], children }: SettingsProps) {
  return (
    <Layout title={issues.length > 0 ? `Error: ${title}` : title} session={session} at="/admin/settings">
      <nav class="parts" aria-label="Settings">
        {parts
          .filter(({ scope }) => !scope || session.scopes.includes(scope))
          .map(({ path, name }) => (
            <a href={path} aria-current={path === at ? 'page' : undefined}>
              {name}
            </a>
          ))}
      </nav>
      {justSaved && (
        <p class="notice" role="status">
          <Icon name="check" /> Saved.
        </p>
      )}
      {children}
    </Layout>
  )
}
