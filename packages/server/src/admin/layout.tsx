import type { MenuPage, Scope, Session } from '@leadnest/core'
import { html } from 'hono/html'
import type { Child, PropsWithChildren } from 'hono/jsx'
import { assetUrl } from './assets/files.ts'
import { Icon, type IconName } from './icon.tsx'

/** No inline style, no evaluated code, and no answer of an error swapped into a list: admin.js tells of those. */
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  extensions: 'sse',
  noSwap: [204, 304, '4xx', '5xx'],
  sse: { reconnectMaxDelay: 10_000 },
})

interface Place {
  path: string
  name: string
  icon: IconName
  scope?: Scope
}

const ours: Place[] = [
  { path: '/admin/leads', name: 'Leads', icon: 'people' },
  { path: '/admin/conversations', name: 'Conversations', icon: 'send' },
  { path: '/admin/forms', name: 'Forms', icon: 'form' },
  { path: '/admin/held', name: 'Held', icon: 'shield' },
  { path: '/admin/privacy-requests', name: 'Privacy', icon: 'lock', scope: 'privacy:read' },
  { path: '/admin/reports', name: 'Reports', icon: 'chart' },
]
const settings: Place = { path: '/admin/settings', name: 'Settings', icon: 'gear' }

type LayoutProps = PropsWithChildren<{ title: string; session: Session; at?: string | undefined }>

/** A page of somebody who is signed in: navigation, account, content. `at` is the path of the place it belongs to. */
export function Layout({ title, session, at, children }: LayoutProps) {
  const places = [...ours, ...session.pages.map(ofPlugin), settings]
  return (
    <Document title={`${title} · ${session.workspace.name}`} bodyClass="app">
      <header class="side">
        <a class="brand" href="/admin">
          <Icon name="nest" /> LeadNest
        </a>
        <nav aria-label="Main">
          {places
            .filter(({ scope }) => !scope || session.scopes.includes(scope))
            .map((place) => (
              <a href={place.path} aria-current={place.path === at ? 'page' : undefined}>
                <Icon name={place.icon} /> {place.name}
                {place.path === '/admin/privacy-requests' && <Count of={session.privacyRequests} />}
                {place.path === '/admin/conversations' && <Count of={session.unread} />}
                {place.path === '/admin/held' && <Count of={session.held} />}
              </a>
            ))}
        </nav>
        <Account session={session} />
      </header>
      <main id="content" tabindex={-1}>
        {children}
      </main>
      <p id="trouble" class="trouble" role="alert" hidden />
    </Document>
  )
}

const ofPlugin = ({ pluginId, title, path, icon }: MenuPage): Place => ({
  path: `/admin/plugins/${pluginId}${path === '/' ? '' : path}`,
  name: title,
  icon: icon ?? 'plug',
})

/** How many wait; from 100 on they are not counted. */
function Count({ of }: { of: number }) {
  if (of === 0) return null
  return (
    <span class="count figures">
      {of < 100 ? of : '99+'}
      <span class="unseen"> waiting</span>
    </span>
  )
}

/** A page of somebody we do not know yet: one card in the middle. */
export function Frame({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <Document title={`${title} · LeadNest`} bodyClass="frame">
      <header>
        <a class="brand" href="/admin">
          <Icon name="nest" /> LeadNest
        </a>
      </header>
      <main id="content" tabindex={-1} class="card">
        {children}
      </main>
    </Document>
  )
}

function Account({ session }: { session: Session }) {
  const others = session.workspaces.filter(({ id }) => id !== session.workspaceId)
  return (
    <details class="account">
      <summary>
        <span class="avatar" aria-hidden="true">
          {[...(session.user.name ?? session.user.email)][0]?.toUpperCase()}
        </span>
        <span class="who">
          <span>{session.workspace.name}</span>
          <small>{session.user.email}</small>
        </span>
        <Icon name="chevrons" />
      </summary>
      <div class="menu">
        {others.length > 0 && (
          <form method="post" action="/admin/workspace">
            <p class="menu-title" id="switch-title">
              Switch workspace
            </p>
            <ul aria-labelledby="switch-title">
              {others.map((workspace) => (
                <li>
                  <button name="workspaceId" value={workspace.id} type="submit">
                    {workspace.name}
                  </button>
                </li>
              ))}
            </ul>
          </form>
        )}
        <a href="/admin/account">
          <Icon name="people" /> Your account
        </a>
        <form method="post" action="/admin/sign-out">
          <button type="submit">
            <Icon name="leave" /> Sign out
          </button>
        </form>
      </div>
    </details>
  )
}

function Document({ title, bodyClass, children }: { title: string; bodyClass: string; children?: Child }) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={htmxConfig} />
        <title>{title}</title>
        <link rel="icon" href={assetUrl('icon.svg')} />
        <link rel="stylesheet" href={assetUrl('admin.css')} />
        <script src={assetUrl('htmx.min.js')} defer />
        <script src={assetUrl('hx-sse.min.js')} defer />
        <script src={assetUrl('admin.js')} defer />
      </head>
      <body class={bodyClass}>
        <a class="skip" href="#content">
          Skip to content
        </a>
        {children}
      </body>
    </html>
  )}`
}
