import type { Issue, Pipeline, Session } from '@leadnest/core'
import { ErrorSummary, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'

interface PipelinesProps {
  session: Session
  pipelines: Pipeline[]
  /** The name of a new one that was refused. */
  typed?: string
  issues?: Issue[]
  justSaved: boolean
}

export function PipelinesPage({ session, pipelines, typed, issues = [], justSaved }: PipelinesProps) {
  const mayWrite = session.scopes.includes('settings:write')
  return (
    <SettingsPage title="Pipelines" at="/admin/settings/pipelines" {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Pipelines</h1>
          <p class="muted">
            The ways that leads go, stage by stage. A new lead begins in the first stage of the first.
          </p>
        </div>
      </div>
      <div class="stack">
        {pipelines.map((pipeline) => (
          <section class="card" aria-labelledby={`pipeline-${pipeline.id}`}>
            <div class="title-row">
              <h2 id={`pipeline-${pipeline.id}`}>{pipeline.name}</h2>
              {mayWrite && (
                <a class="button" href={`/admin/settings/pipelines/${pipeline.id}`}>
                  <Icon name="pencil" /> Edit<span class="unseen"> {pipeline.name}</span>
                </a>
              )}
            </div>
            <ol class="way">
              {pipeline.stages.map(({ name, kind, rottenAfterDays }) => (
                <li>
                  <span class={`stage ${kind}`}>{name}</span>
                  {rottenAfterDays !== null && <small class="muted">rotten after {days(rottenAfterDays)}</small>}
                </li>
              ))}
            </ol>
          </section>
        ))}
        {mayWrite && (
          <section class="card" aria-labelledby="new-pipeline">
            <h2 id="new-pipeline">Add a pipeline</h2>
            <form method="post" action="/admin/settings/pipelines">
              {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
              <TextField
                name="name"
                label="Name"
                type="text"
                autocomplete="off"
                value={typed ?? ''}
                required
                maxlength={100}
                hint="It begins with the stages New, Won and Lost, which you can change."
                issues={issues}
              />
              <button class="button" type="submit">
                <Icon name="plus" /> Add
              </button>
            </form>
          </section>
        )}
      </div>
    </SettingsPage>
  )
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)
