import type {
  ChannelView,
  ConsentPage,
  DrawnPanel,
  Duplicate,
  Event,
  Form,
  Lead,
  LeadField,
  LeadScore,
  Merge,
  Note,
  OfferedAction,
  Pipeline,
  Session,
  Submission,
  Tag,
} from '@leadnest/core'
import type { PropsWithChildren } from 'hono/jsx'
import { Answers } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { ActionButtons } from '../plugins/actions.tsx'
import { Panels } from '../plugins/panels.tsx'
import { Time } from '../time.tsx'
import { Consents } from './consents.tsx'
import { EditForm } from './edit-form.tsx'
import { ownValue, shownValue, writable } from './lead-fields.tsx'
import { Duplicates, Merges } from './merge/duplicates.tsx'
import { nameOf } from './name.ts'
import { type Naming, namingOf } from './naming.ts'
import { NextAction } from './next-action.tsx'
import { NewNote } from './notes.tsx'
import { OwnPage } from './own-page.tsx'
import { type Member, ownerName } from './owner.ts'
import { Privacy } from './privacy.tsx'
import type { Refused } from './refused.ts'
import { Score } from './score.tsx'
import { Touch } from './source.tsx'
import { Stage } from './stage.tsx'
import { TagForms, Tags } from './tags.tsx'
import { Timeline } from './timeline.tsx'

interface LeadProps {
  session: Session
  lead: Lead
  timeline: {
    data: Event[]
    notes: ReadonlyMap<string, Note>
    imports: ReadonlyMap<string, string>
    cursor: string | undefined
    nextCursor: string | null
  }
  submissions: { data: Submission[]; nextCursor: string | null }
  known: {
    forms: Form[]
    pipelines: Pipeline[]
    members: Member[]
    /** Every tag of the workspace. */
    tags: Tag[]
    /** The workspace's own fields, archived ones too. */
    fields: LeadField[]
    score: LeadScore
    duplicates: Duplicate[]
    merges: Merge[]
    consents: ConsentPage
  }
  panels: DrawnPanel[]
  /** What plugins can do to it. */
  actions: OfferedAction[]
  /** By what they can be written to. */
  ways: ChannelView[]
  timeZone: string
  /** Where somebody comes from: a merge, or its undoing with the lead that is back. */
  came: { merged: boolean; restored: string | undefined }
  /** What an action said. */
  notice: string | undefined
  refused: Refused | undefined
}

export function LeadPage({ session, lead, timeline, submissions, known, panels, ...shown }: LeadProps) {
  const { actions, ways, timeZone, came, notice, refused } = shown
  const name = nameOf(lead)
  const naming = namingOf(known)
  const mayEdit = session.scopes.includes('leads:write')
  const refusedIn = (form: Refused['form']) => (refused?.form === form ? refused : undefined)
  return (
    <Layout title={refused ? `Error: ${name}` : name} session={session} at="/admin/leads">
      <p class="back">
        <a href="/admin/leads">
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{name}</h1>
          <p class="under-title">
            <Stage stage={lead.stage} stages={naming.stages} />
            {lead.rotten && <span class="stage spam">Rotten</span>}
            {lead.company && <span>{lead.company}</span>}
            <span class="muted">
              Came in <Time at={lead.createdAt} />
            </span>
          </p>
        </div>
        <Actions {...{ lead, actions, ways, mayEdit }} />
      </div>
      {notice && <Notice>{notice}</Notice>}
      {came.merged && <Notice>The two leads are one now. It can be undone for 90 days.</Notice>}
      {came.restored && (
        <Notice>
          The merge is undone: <a href={`/admin/leads/${encodeURIComponent(came.restored)}`}>the other lead</a> is back.
        </Notice>
      )}
      <div class="columns">
        <aside class="stack" aria-label="Details">
          <section class="card" aria-labelledby="details">
            <h2 id="details">Details</h2>
            {mayEdit && (
              <EditForm
                lead={lead}
                pipelines={known.pipelines}
                members={known.members}
                fields={writable(known.fields)}
                refused={refusedIn('lead')}
              />
            )}
            <Details lead={lead} naming={naming} fields={known.fields} />
          </section>
          <NextAction {...{ lead, timeZone, mayEdit }} refused={refusedIn('next-action')} />
          <Duplicates {...{ lead, mayEdit }} duplicates={known.duplicates} />
          {(mayEdit || lead.tags.length > 0) && (
            <section class="card" aria-labelledby="tags">
              <h2 id="tags">Tags</h2>
              {mayEdit ? (
                <TagForms lead={lead} known={known.tags} refused={refusedIn('tags')} />
              ) : (
                <Tags tags={lead.tags} />
              )}
            </section>
          )}
          <Consents {...{ lead, mayEdit }} consents={known.consents} refused={refusedIn('consents')} />
          <Panels panels={panels} />
          <Score score={known.score} />
          {mayEdit && <OwnPage leadId={lead.id} />}
          <section class="card" aria-labelledby="origin">
            <h2 id="origin">Where they came from</h2>
            <Touch title="First visit" touch={lead.attribution.first} />
            <Touch title="Latest visit" touch={lead.attribution.last} />
          </section>
          <Merges {...{ lead, mayEdit }} merges={known.merges} />
          <Privacy {...{ lead, session }} />
        </aside>
        <div class="stack">
          <section class="card" aria-labelledby="timeline">
            <h2 id="timeline">
              Timeline{' '}
              <small>
                <a href={`/admin/leads/${lead.id}/why`}>Why?</a>
              </small>
            </h2>
            {mayEdit && <NewNote leadId={lead.id} refused={refusedIn('new-note')} />}
            <Timeline {...timeline} {...{ lead, naming, mayEdit, refused }} events={timeline.data} />
          </section>
          <section class="card" aria-labelledby="submissions">
            <h2 id="submissions">What they sent</h2>
            {submissions.data.length === 0 && <p class="muted">No form yet: this lead came in another way.</p>}
            {submissions.data.map((submission) => (
              <article class="submission">
                <h3>
                  {submission.formName} {submission.test && <span class="stage">Test</span>}
                  <small>
                    <Time at={submission.createdAt} />
                  </small>
                </h3>
                <Answers fields={submission.fields} labels={naming.labels} />
              </article>
            ))}
            {submissions.nextCursor && <p class="muted">The latest {submissions.data.length} are shown.</p>}
          </section>
        </div>
      </div>
    </Layout>
  )
}

function Notice({ children }: PropsWithChildren) {
  return (
    <p class="notice" role="status">
      <Icon name="check" /> {children}
    </p>
  )
}

type ActionsProps = Pick<LeadProps, 'lead' | 'actions' | 'ways'> & { mayEdit: boolean }

function Actions({ lead, actions, ways, mayEdit }: ActionsProps) {
  return (
    <div class="actions">
      {lead.email && (
        <a class="button primary" href={`mailto:${encodeURIComponent(lead.email).replaceAll('%40', '@')}`}>
          <Icon name="mail" /> E-mail
        </a>
      )}
      {ways.map(({ id, title }) => (
        <a class="button" href={`/admin/conversations/with/${lead.id}?channel=${id}`}>
          <Icon name="send" /> {id === 'sms' ? 'Text' : `Write by ${title}`}
        </a>
      ))}
      {lead.phone && (
        <a class="button" href={`tel:${lead.phone.replace(/[^+\d]/g, '')}`}>
          <Icon name="phone" /> Call
        </a>
      )}
      <ActionButtons leadId={lead.id} actions={actions} />
      {mayEdit && (
        <a class="button" href={`/admin/leads/${lead.id}/merge`}>
          <Icon name="people" /> Merge
        </a>
      )}
      {mayEdit && (
        <a class="button danger" href={`/admin/leads/${lead.id}/delete`}>
          <Icon name="bin" /> Delete
        </a>
      )}
    </div>
  )
}

function Details({ lead, naming, fields }: { lead: Lead; naming: Naming; fields: LeadField[] }) {
  const known: [string, string | null][] = [
    ['E-mail', lead.email],
    ['Phone', lead.phone],
    ['First name', lead.firstName],
    ['Last name', lead.lastName],
    ['Company', lead.company],
    ['External id', lead.externalId],
    ['Owner', lead.ownerId && ownerName(lead.ownerId, naming.members)],
    ['Lost because', lead.lostReason],
  ]
  const own = fields.filter(({ key, archivedAt }) => archivedAt === null && (ownValue(lead, key) ?? null) !== null)
  return (
    <dl class="facts">
      {known.map(
        ([label, value]) =>
          value && (
            <div>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      {own.map((field) => (
        <div>
          <dt>{field.label}</dt>
          <dd>{shownValue(field, ownValue(lead, field.key) ?? null)}</dd>
        </div>
      ))}
      <div>
        <dt>Last activity</dt>
        <dd>
          <Time at={lead.lastActivityAt} />
        </dd>
      </div>
      <div>
        <dt>Id</dt>
        <dd>
          <code>{lead.id}</code>
        </dd>
      </div>
    </dl>
  )
}
