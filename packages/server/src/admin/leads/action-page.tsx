import type { Issue, Lead, OfferedAction, Session } from '@leadnest/core'
import { ErrorSummary } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { ActionFields, actionPath, OnceKey } from '../plugins/actions.tsx'
import type { Typed } from '../plugins/controls.tsx'
import { nameOf } from './name.ts'

interface ActionProps {
  session: Session
  lead: Lead
  action: OfferedAction
  typed?: Typed
  issues?: Issue[]
}

/** What a plugin asks before it does something to a lead. */
export function ActionPage({ session, lead, action, typed, issues = [] }: ActionProps) {
  const back = `/admin/leads/${lead.id}`
  return (
    <Layout title={issues.length > 0 ? `Error: ${action.title}` : action.title} session={session} at="/admin/leads">
      <p class="back">
        <a href={back}>
          <Icon name="arrow-left" /> {nameOf(lead)}
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{action.title}</h1>
          <p class="muted">{action.pluginName}</p>
        </div>
      </div>
      <div class="stack">
        <section class="card" aria-label={action.title}>
          <form method="post" action={actionPath(lead.id, action)}>
            {issues.length > 0 && <ErrorSummary title="Nothing was done yet." issues={issues} />}
            <OnceKey />
            <ActionFields {...{ action, typed, issues }}>
              <div class="actions">
                <button class="button primary" type="submit">
                  {action.title}
                </button>
                <a class="button" href={back}>
                  Cancel
                </a>
              </div>
            </ActionFields>
          </form>
        </section>
      </div>
    </Layout>
  )
}
