import type { SpeedReport } from '@leadnest/core'
import { duration } from './duration.ts'

type Day = SpeedReport['byDay'][number]

const height = 120
const gap = 2

/** A bar for each day: what was answered within five minutes, later, and not yet. The table below says the same. */
export function DayChart({ days }: { days: Day[] }) {
  const most = Math.max(1, ...days.map(({ submissions }) => submissions))
  const width = Math.max(300, days.length * 12)
  const step = width / days.length
  const sent = days.filter(({ submissions }) => submissions > 0)
  return (
    <>
      <ul class="legend" aria-hidden="true">
        <li class="soon">Within five minutes</li>
        <li class="later">Later</li>
        <li class="waiting">Waiting</li>
      </ul>
      <svg
        class="chart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="What was sent on each day, by how soon somebody acted"
      >
        {days.map((day, i) => {
          const later = day.submissions - day.withinFiveMinutes - day.waiting
          const parts = [
            ['soon', day.withinFiveMinutes],
            ['later', later],
            ['waiting', day.waiting],
          ] as const
          let below = 0
          return parts.map(([kind, count]) => {
            const size = (count / most) * height
            below += size
            return (
              size > 0 && (
                <rect
                  class={kind}
                  x={round(i * step + gap / 2)}
                  y={round(height - below)}
                  width={round(Math.max(1, step - gap))}
                  height={round(size)}
                />
              )
            )
          })
        })}
      </svg>
      <p class="ends muted small" aria-hidden="true">
        <span>{days[0]?.day}</span> <span>{days.at(-1)?.day}</span>
      </p>
      <details class="more">
        <summary>As a table</summary>
        <div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Sent</th>
                <th scope="col">In five minutes</th>
                <th scope="col">Waiting</th>
                <th scope="col">Median</th>
              </tr>
            </thead>
            <tbody>
              {sent.map((day) => (
                <tr>
                  <th scope="row">{day.day}</th>
                  <td class="figures">{day.submissions}</td>
                  <td class="figures">{day.withinFiveMinutes}</td>
                  <td class="figures">{day.waiting}</td>
                  <td class="figures">{duration(day.medianSeconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  )
}

const round = (length: number) => Math.round(length * 100) / 100
