import { type Export, type Job, mayChange, type Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Live } from '../live/live.tsx'
import { Time } from '../time.tsx'
import { kindOf, numbered, resultOf, statuses } from './words.ts'

/** One job while it goes on, and when it is over. */
export function JobPage({
  session,
  job,
  written,
}: {
  session: Session
  job: Job
  /** What an export has written. */
  written: Export | undefined
}) {
  const mayWrite = session.scopes.includes('leads:write') && mayChange(session, job.kind)
  const path = `/admin/jobs/${job.id}`
  const over = job.finishedAt !== null
  return (
    <Layout title={kindOf(job)} session={session} at="/admin/leads">
      <p class="back">
        <a href="/admin/leads">
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <h1>{kindOf(job)}</h1>
        {job.name && <bdi>{job.name}</bdi>}
        {!over && <Live />}
      </div>
      <section
        id="job"
        class="card job"
        aria-label="Progress"
        hx-get={path}
        hx-trigger={over ? 'never' : 'job from:#live, every 3s'}
        hx-swap="outerMorph"
        hx-select="#job"
      >
        <p role="status">
          <strong>{statuses[job.status]}</strong>
          {over && `: ${resultOf(job)}`}
        </p>
        {!over && <Progress job={job} />}
        {job.error && <p class="field-error">{job.error.detail}</p>}
        <p class="muted small">
          Begun <Time at={job.createdAt} />
          {job.actor.name && ` by ${job.actor.name}`}
          {job.finishedAt && (
            <>
              , ended <Time at={job.finishedAt} />
            </>
          )}
          {job.undoOf && (
            <>
              ; takes back <a href={`/admin/jobs/${job.undoOf}`}>this job</a>
            </>
          )}
        </p>
        <div class="actions">
          {written?.fileId && session.scopes.includes('privacy:read') && (
            <a class="button primary" href={`${path}/file`} download>
              Get the file
            </a>
          )}
          {mayWrite && !over && (
            <form method="post" action={`${path}/cancel`}>
              <button class="button" type="submit">
                <Icon name="cross" /> Cancel
              </button>
            </form>
          )}
          {mayWrite && job.undoUntil && (
            <form method="post" action={`${path}/undo`}>
              <button class="button" type="submit">
                Undo
              </button>
            </form>
          )}
          {!over && (
            <a class="button" href={path}>
              Look again
            </a>
          )}
        </div>
        {job.undoUntil && <p class="muted small">What somebody changed since is left as it is. For 30 days.</p>}
      </section>
      <p class="below">
        <a href="/admin/jobs">All jobs</a>
      </p>
    </Layout>
  )
}

function Progress({ job: { progress } }: { job: Job }) {
  const { done, total } = progress
  if (total === null) return <p class="muted">Counting…</p>
  return (
    <p>
      <progress max={Math.max(1, total)} value={done} aria-label="Progress" /> {numbered(done)} of {numbered(total)}
    </p>
  )
}

export function JobsPage({ session, jobs, nextCursor }: { session: Session; jobs: Job[]; nextCursor: string | null }) {
  return (
    <Layout title="Jobs" session={session} at="/admin/leads">
      <div class="head">
        <div>
          <h1>Jobs</h1>
          <p class="muted">Changes of many leads in the last 30 days.</p>
        </div>
      </div>
      <div class="stack">
        {jobs.length === 0 && (
          <section class="card empty">
            <Icon name="check" />
            <h2>No job</h2>
            <p class="muted">Tick leads in the list to change many at once.</p>
          </section>
        )}
        {jobs.length > 0 && (
          <section class="card" aria-label="Jobs">
            <ul class="rows">
              {jobs.map((job) => (
                <li>
                  <a class="row-link" href={`/admin/jobs/${job.id}`}>
                    {kindOf(job)}
                    {job.name && (
                      <>
                        : <bdi>{job.name}</bdi>
                      </>
                    )}
                  </a>
                  <p class="muted small">
                    {statuses[job.status]}
                    {job.finishedAt && `: ${resultOf(job)}`}, <Time at={job.createdAt} />
                  </p>
                </li>
              ))}
            </ul>
          </section>
        )}
        {nextCursor && (
          <p>
            <a class="button" href={`/admin/jobs?cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older
            </a>
          </p>
        )}
      </div>
    </Layout>
  )
}
