import type { Issue, Pipeline, Session } from '@leadnest/core'
import { ErrorSummary, TextField } from '../../fields.tsx'
import { Icon, type IconName } from '../../icon.tsx'
import { SettingsPage } from '../frame.tsx'
import { kinds, type TypedPipeline, type TypedStage } from './typed.ts'

interface EditPipelineProps {
  session: Session
  pipeline: Pipeline
  typed: TypedPipeline
  issues?: Issue[]
  justSaved?: boolean
}

export function EditPipelinePage({ session, pipeline, typed, issues = [], justSaved = false }: EditPipelineProps) {
  const action = `/admin/settings/pipelines/${pipeline.id}`
  return (
    <SettingsPage title={pipeline.name} at="/admin/settings/pipelines" {...{ session, issues, justSaved }}>
      <p class="back">
        <a href="/admin/settings/pipelines">
          <Icon name="arrow-left" /> Pipelines
        </a>
      </p>
      <div class="head">
        <h1>{pipeline.name}</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Stages">
          <form method="post" action={action} class="stages">
            {/* Enter in a field presses the first button of a form. */}
            <button class="unseen" type="submit" tabindex={-1}>
              Save
            </button>
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
            <ol>
              {typed.stages.map((stage, i) => (
                <li>
                  <fieldset>
                    <legend class="unseen">{stage.name || `Stage ${i + 1}`}</legend>
                    <input type="hidden" name="key" value={stage.key} />
                    <StageFields stage={stage} path={`stages.${i}`} names={stageNames} issues={issues} />
                    <div class="steps-of-stage">
                      <Step step={`up ${i}`} icon="arrow-up" name={`Move ${stage.name} up`} off={i === 0} />
                      <Step
                        step={`down ${i}`}
                        icon="arrow-down"
                        name={`Move ${stage.name} down`}
                        off={i === typed.stages.length - 1}
                      />
                      <Step
                        step={`remove ${i}`}
                        icon="bin"
                        name={`Remove ${stage.name}`}
                        off={typed.stages.length === 1}
                      />
                    </div>
                  </fieldset>
                </li>
              ))}
              <li>
                <fieldset>
                  <legend>Add a stage</legend>
                  <StageFields stage={typed.added} path="added" names={addedNames} issues={issues} />
                </fieldset>
              </li>
            </ol>
            <div class="actions">
              <button class="button primary" type="submit">
                Save
              </button>
              <a class="button" href="/admin/settings/pipelines">
                Cancel
              </a>
            </div>
          </form>
        </section>
        <section class="card" aria-labelledby="delete">
          <h2 id="delete">Delete</h2>
          <p>A pipeline can be deleted while no lead is in one of its stages, and the last one stays.</p>
          <form method="post" action={`${action}/delete`}>
            <button class="button danger" type="submit">
              <Icon name="bin" /> Delete pipeline
            </button>
          </form>
        </section>
      </div>
    </SettingsPage>
  )
}

const stageNames = { name: 'stageName', kind: 'kind', rotten: 'rotten' }
const addedNames = { name: 'addedName', kind: 'addedKind', rotten: 'addedRotten' }

interface StageFieldsProps {
  stage: TypedStage
  path: string
  names: typeof stageNames
  issues: Issue[]
}

function StageFields({ stage, path, names, issues }: StageFieldsProps) {
  const told = (part: string) =>
    issues.some((issue) => issue.path === `${path}.${part}`)
      ? { 'aria-invalid': 'true' as const, 'aria-describedby': 'errors' }
      : {}
  return (
    <>
      <div class="field">
        <label for={`${path}.name`}>Name</label>
        <input
          id={`${path}.name`}
          name={names.name}
          value={stage.name}
          autocomplete="off"
          maxlength={100}
          {...told('name')}
        />
      </div>
      <div class="field">
        <label for={`${path}.kind`}>Kind</label>
        <select id={`${path}.kind`} name={names.kind} autocomplete="off" {...told('kind')}>
          {kinds.map(([kind, name]) => (
            <option value={kind} selected={kind === stage.kind}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${path}.rottenAfterDays`}>Rotten after days</label>
        <input
          id={`${path}.rottenAfterDays`}
          name={names.rotten}
          value={stage.rotten}
          inputmode="numeric"
          autocomplete="off"
          placeholder="never"
          {...told('rottenAfterDays')}
        />
      </div>
    </>
  )
}

function Step({ step, icon, name, off }: { step: string; icon: IconName; name: string; off: boolean }) {
  return (
    <button class="button" type="submit" name="step" value={step} aria-label={name} title={name} disabled={off}>
      <Icon name={icon} />
    </button>
  )
}
