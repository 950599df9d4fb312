import type { DrawnPanel, Issue, Session, SpeedReport } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { type MemberNames, ownerName } from '../leads/owner.ts'
import { Panels } from '../plugins/panels.tsx'
import { DayChart } from './day-chart.tsx'
import { duration, percent } from './duration.ts'

interface ReportsProps {
  session: Session
  /** What plugins have to report. */
  panels: DrawnPanel[]
  report: SpeedReport
  members: MemberNames
  typed: { from: string; to: string }
  issues: Issue[]
}

/** What plugins report, and how fast leads are answered. */
export function ReportsPage({ session, panels, report, members, typed, issues }: ReportsProps) {
  return (
    <Layout title={issues.length > 0 ? 'Error: Reports' : 'Reports'} session={session} at="/admin/reports">
      <div class="head">
        <h1>Reports</h1>
      </div>
      <div class="stack">
        {panels.length > 0 && (
          <div class="panels">
            <Panels panels={panels} />
          </div>
        )}
        <section class="card" aria-labelledby="speed">
          <h2 id="speed">Speed to lead</h2>
          <p class="muted">From what somebody sends to the first thing that one of you does about it.</p>
          <form action="/admin/reports" class="range">
            {issues.length > 0 && (
              <ErrorSummary title="This range cannot be shown. Below are the last 30 days." issues={issues} />
            )}
            <div class="dates">
              <TextField name="from" label="From" type="date" autocomplete="off" value={typed.from} issues={issues} />
              <TextField name="to" label="To" type="date" autocomplete="off" value={typed.to} issues={issues} />
              <button class="button" type="submit">
                Show
              </button>
            </div>
            <p class="muted small">Days of {report.timeZone}.</p>
          </form>
        </section>
        {report.submissions === 0 ? (
          <section class="card empty">
            <Icon name="send" />
            <h2>Nothing was sent in these days</h2>
            <p class="muted">What visitors send on a form counts here, from the moment it is accepted.</p>
          </section>
        ) : (
          <>
            <dl class="tiles">
              <Tile name="Median" value={duration(report.medianSeconds)} />
              <Tile name="Nine of ten within" value={duration(report.p90Seconds)} />
              <Tile name="Within five minutes" value={percent(report.withinFiveMinutes, report.submissions)} />
              <Tile name="Sent" value={String(report.submissions)} />
              <Tile name="Still waiting" value={String(report.waiting)} />
            </dl>
            <section class="card" aria-labelledby="days">
              <h2 id="days">By day</h2>
              <DayChart days={report.byDay} />
            </section>
            <section class="card" aria-labelledby="owners">
              <h2 id="owners">By owner</h2>
              <Rows
                what="Owner"
                rows={report.byOwner.map(({ ownerId, ...figures }) => ({
                  name: ownerId ? ownerName(ownerId, members) : 'Nobody',
                  ...figures,
                }))}
              />
            </section>
            <section class="card" aria-labelledby="forms">
              <h2 id="forms">By form</h2>
              <Rows
                what="Form"
                rows={report.byForm.map(({ formName, ...figures }) => ({ name: formName, ...figures }))}
              />
            </section>
          </>
        )}
      </div>
    </Layout>
  )
}

function Tile({ name, value }: { name: string; value: string }) {
  return (
    <div class="card">
      <dt class="muted">{name}</dt>
      <dd class="figures">{value}</dd>
    </div>
  )
}

type Figures = Pick<SpeedReport, 'submissions' | 'waiting' | 'medianSeconds' | 'p90Seconds' | 'withinFiveMinutes'>

function Rows({ what, rows }: { what: string; rows: (Figures & { name: string })[] }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">{what}</th>
            <th scope="col">Sent</th>
            <th scope="col">Waiting</th>
            <th scope="col">Median</th>
            <th scope="col">Nine of ten</th>
            <th scope="col">In five minutes</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <th scope="row">{row.name}</th>
              <td class="figures">{row.submissions}</td>
              <td class="figures">{row.waiting}</td>
              <td class="figures">{duration(row.medianSeconds)}</td>
              <td class="figures">{duration(row.p90Seconds)}</td>
              <td class="figures">{percent(row.withinFiveMinutes, row.submissions)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
