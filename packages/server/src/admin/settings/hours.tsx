import { type Hours, type Issue, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'
import { formText } from '../fields.tsx'

/** Hours as a form has them: always, or a line for each day from Monday on, like “09:00–12:00, 13:00–17:00”. */
export interface TypedHours {
  mode: string
  days: string[]
}

const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const idOf = (day: number) => `hours-${day + 1}`

export function asTypedHours(hours: Hours[] | null): TypedHours {
  const days = names.map((_, day) =>
    (hours ?? [])
      .filter(({ days }) => days.includes(day + 1))
      .map(({ from, to }) => `${from}–${to}`)
      .sort()
      .join(', '),
  )
  return { mode: hours ? 'these' : 'always', days }
}

export async function readTypedHours(c: Context): Promise<TypedHours> {
  const days = await Promise.all(names.map((_, day) => formText(c, idOf(day))))
  return { mode: await formText(c, 'hours'), days }
}

/** Throws `invalid_input` with an issue for each day that cannot be read. What was not touched stays as it was. */
export function hoursOf(typed: TypedHours, before: Hours[] | null): Hours[] | null {
  if (JSON.stringify(typed) === JSON.stringify(asTypedHours(before))) return before
  if (typed.mode !== 'these') return null
  const issues: Issue[] = []
  const found = new Map<string, Hours>()
  typed.days.forEach((line, day) => {
    for (const part of line.split(',').filter((part) => part.trim())) {
      const stretch = readStretch(part)
      if (!stretch) issues.push({ path: idOf(day), message: `${names[day]}: write hours like 09:00–17:30.` })
      else {
        const key = `${stretch.from}${stretch.to}`
        found.set(key, { ...stretch, days: [...(found.get(key)?.days ?? []), day + 1] })
      }
    }
  })
  if (issues.length === 0 && found.size === 0)
    issues.push({ path: idOf(0), message: 'Write the hours of at least one day.' })
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  return [...found.values()]
}

function readStretch(text: string): Pick<Hours, 'from' | 'to'> | undefined {
  const [, from, fromMinute = '00', to, toMinute = '00'] =
    /^\s*(\d{1,2})(?::(\d\d))?\s*[-–—]\s*(\d{1,2})(?::(\d\d))?\s*$/.exec(text) ?? []
  if (!from || !to) return undefined
  const stretch = { from: `${from.padStart(2, '0')}:${fromMinute}`, to: `${to.padStart(2, '0')}:${toMinute}` }
  const isTime = (time: string) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time)
  return isTime(stretch.from) && isTime(stretch.to) && stretch.from < stretch.to ? stretch : undefined
}

interface HoursFieldsProps {
  typed: TypedHours
  issues: Issue[]
  legend: string
  always: string
}

/** The days fold away while “always” is chosen. */
export function HoursFields({ typed, issues, legend, always }: HoursFieldsProps) {
  return (
    <fieldset class="hours">
      <legend>{legend}</legend>
      <label class="choice">
        <input type="radio" name="hours" value="always" checked={typed.mode !== 'these'} /> {always}
      </label>
      <label class="choice">
        <input type="radio" name="hours" value="these" checked={typed.mode === 'these'} /> At these hours
      </label>
      <div class="days">
        <p class="muted small" id="hours-hint">
          Like 09:00–12:00, 13:00–17:00. A day without hours is closed.
        </p>
        {names.map((name, day) => {
          const wrong = issues.some(({ path }) => path === idOf(day))
          return (
            <div class="day">
              <label for={idOf(day)}>{name}</label>
              <input
                id={idOf(day)}
                name={idOf(day)}
                value={typed.days[day]}
                autocomplete="off"
                maxlength={200}
                aria-invalid={wrong ? 'true' : undefined}
                aria-describedby={wrong ? 'errors' : 'hours-hint'}
              />
            </div>
          )
        })}
      </div>
    </fieldset>
  )
}

/** For those who may only read. */
export function HoursText({ hours, always }: { hours: Hours[] | null; always: string }) {
  if (!hours) return <>{always}</>
  const { days } = asTypedHours(hours)
  return <>{names.flatMap((name, day) => (days[day] ? [`${name} ${days[day]}`] : [])).join('\n')}</>
}
