import type {
  BulkPreview,
  ExportColumn,
  ExportFormat,
  Issue,
  Member,
  OfferedAction,
  Pipeline,
  Session,
} from '@leadnest/core'
import type { PropsWithChildren } from 'hono/jsx'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { numbered } from '../../jobs/words.ts'
import { Layout } from '../../layout.tsx'
import { ActionFields } from '../../plugins/actions.tsx'
import type { Typed } from '../../plugins/controls.tsx'
import { listPath } from '../list-address.ts'
import { nameOf } from '../name.ts'
import { ReasonField } from '../privacy.tsx'
import { type Which, WhichFields } from './which.tsx'

interface BulkProps {
  session: Session
  which: Which
  preview: BulkPreview
  pipelines: Pipeline[]
  members: Member[]
  /** What plugins can do to them. */
  actions: OfferedAction[]
  /** What they can be exported in. */
  formats: ExportFormat[]
  columns: ExportColumn[]
  refused?: { typed: { tag: string; lostReason: string } & Typed; issues: Issue[] }
}

export function BulkPage({
  session,
  which,
  preview,
  pipelines,
  members,
  actions,
  formats,
  columns,
  refused,
}: BulkProps) {
  const { matched, sample } = preview
  const issues = refused?.issues ?? []
  const many = `${numbered(matched)} ${matched === 1 ? 'lead' : 'leads'}`
  return (
    <Layout title={refused ? 'Error: Change many leads' : 'Change many leads'} session={session} at="/admin/leads">
      <p class="back">
        <a href={listPath(which)}>
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{matched === 0 ? 'No lead is chosen' : `Change ${many}`}</h1>
          <p class="muted">
            {matched === 0
              ? 'Go back and tick some, or change all that the list shows.'
              : `${sample.map(nameOf).join(', ')}${matched > sample.length ? ' …' : ''}`}
          </p>
        </div>
      </div>
      {issues.length > 0 && <ErrorSummary title="Nothing was changed yet." issues={issues} />}
      {matched > 0 && (
        <div class="stack">
          <Action title="Tag" which={which}>
            <TextField
              name="tag"
              label="Tag"
              type="text"
              autocomplete="off"
              value={refused?.typed.tag ?? ''}
              required
              maxlength={50}
              issues={issues}
            />
            <div class="actions">
              <button class="button" type="submit" name="action" value="tag">
                Add to {many}
              </button>
              <button class="button" type="submit" name="action" value="untag">
                Remove from {many}
              </button>
            </div>
          </Action>
          <Action title="Owner" which={which}>
            <SelectField name="ownerId" label="Owner" issues={issues}>
              <option value="">Nobody</option>
              {members.map(({ id, name, email }) => (
                <option value={id}>{name ?? email}</option>
              ))}
            </SelectField>
            <button class="button" type="submit" name="action" value="assign">
              Give {many} this owner
            </button>
          </Action>
          <Action title="Stage" which={which}>
            <SelectField name="stage" label="Stage" issues={issues}>
              {pipelines.map((pipeline) => (
                <optgroup label={pipeline.name}>
                  {pipeline.stages.map(({ key, name, kind }) => (
                    <option value={key} class={kind}>
                      {name}
                    </option>
                  ))}
                </optgroup>
              ))}
            </SelectField>
            <div class="only-lost">
              <TextField
                name="lostReason"
                label="Lost because"
                type="text"
                autocomplete="off"
                value={refused?.typed.lostReason ?? ''}
                maxlength={500}
                issues={issues}
              />
            </div>
            <button class="button" type="submit" name="action" value="move">
              Move {many}
            </button>
          </Action>
          {formats.map(({ format, label }) => (
            <Action title={`Export as ${label}`} which={which}>
              <p>In a file that is kept for a day.</p>
              <details open={issues.some(({ path }) => path === 'columns')}>
                <summary>Columns</summary>
                <div class="choices" id="columns">
                  {columns.map(({ key, label, extra }) => (
                    <label>
                      <input type="checkbox" name="column" value={key} checked={!extra} /> <bdi>{label}</bdi>
                    </label>
                  ))}
                </div>
              </details>
              <input type="hidden" name="format" value={format} />
              <button class="button" type="submit" name="action" value="export">
                Export {many}
              </button>
            </Action>
          ))}
          {actions.map((action) => (
            <Action title={action.title} which={which}>
              <input type="hidden" name="plugin" value={action.plugin} />
              <input type="hidden" name="plugin-action" value={action.action} />
              <ActionFields {...{ action, issues }} typed={refused?.typed}>
                <button class="button" type="submit" name="action" value="plugin">
                  {action.title}: {many}
                </button>
              </ActionFields>
            </Action>
          ))}
          <Action title="Delete" which={which}>
            <p>They leave every list and are kept for 30 days. The deletion can be undone as long.</p>
            <button class="button danger" type="submit" name="action" value="delete">
              <Icon name="bin" /> Delete {many}
            </button>
          </Action>
          {session.scopes.includes('privacy:write') && (
            <Action title="Erase for ever" which={which}>
              <p>They go with everything that is known of the people. There is no way back, and no undo.</p>
              <ReasonField issues={issues} />
              <TextField
                name="count"
                label={`Type ${matched} to go on`}
                type="text"
                inputmode="numeric"
                autocomplete="off"
                required
                issues={issues}
              />
              <button class="button danger" type="submit" name="action" value="erase">
                <Icon name="bin" /> Erase {many}
              </button>
            </Action>
          )}
        </div>
      )}
    </Layout>
  )
}

function Action({ title, which, children }: PropsWithChildren<{ title: string; which: Which }>) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <form method="post" action="/admin/leads/bulk">
        <WhichFields which={which} />
        {children}
      </form>
    </section>
  )
}
