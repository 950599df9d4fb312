import { type Html, html, type PageCall } from '@leadnest/core/plugin'
import { type Choice, input, select } from './parts.ts'

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const ends: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const nth = (day: number) => `${day}${ends[ordinals.select(day)]}`

const numbered = (from: number, to: number, label: (n: number) => string): Choice[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ value: String(from + i), label: label(from + i) }))

const hours = numbered(0, 23, (hour) => `${hour}:00`)
// Every month has these.
const days = numbered(1, 28, nth)

/** When an export is made: at once, or again and again, and the button for it. admin.css shows what the choice asks for. */
export function clockControls({ typed, issues }: Pick<PageCall, 'typed' | 'issues'>): Html {
  const wrong = (control: string) => issues.find(({ path }) => path === control)?.message
  return html`<div class="stack when">
    ${select(
      'when',
      'When',
      [
        { value: '', label: 'Once, now' },
        { value: 'day', label: 'Every day' },
        { value: 'week', label: 'Every week' },
        { value: 'month', label: 'Every month' },
        { value: 'cron', label: 'As a line of a crontab says' },
      ],
      typed.when ?? '',
    )}
    <div class="for-week">${select(
      'weekday',
      'On',
      numbered(0, 6, (day) => weekdays[day]!),
      typed.weekday ?? '1',
    )}</div>
    <div class="for-month">${select('day', 'On the', days, typed.day ?? '1')}</div>
    <div class="for-hour">${select('hour', 'At (UTC)', hours, typed.hour ?? '6')}</div>
    <div class="for-cron">${input('cron', 'Line of a crontab', typed.cron ?? '', { hint: 'Minute, hour, day, month, day of the week, in UTC: 30 7 * * 1-5 is 7:30 from Monday to Friday.', wrong: wrong('cron') })}</div>
    <div class="for-clock">${input('name', 'Name', typed.name ?? '', { hint: 'Unless it has one, it is called as what it exports.', wrong: wrong('name') })}</div>
    <div class="actions"><button class="button primary"><span class="for-once">Export</span><span class="for-clock">Plan the export</span></button></div>
  </div>`
}

/** What was chosen there as a crontab's five places; undefined for at once. */
export function cronOf({
  when,
  hour = '6',
  weekday = '1',
  day = '1',
  cron = '',
}: PageCall['typed']): string | undefined {
  if (when === 'cron') return cron
  if (when === 'day') return `0 ${hour} * * *`
  if (when === 'week') return `0 ${hour} * * ${weekday}`
  return when === 'month' ? `0 ${hour} ${day} * *` : undefined
}

/** Such a time in words; what says more stays as it is. */
export function clockWords(cron: string): string {
  const [, minute, hour, day, weekday] = /^(\d{1,2}) (\d{1,2}) (\d{1,2}|\*) \* ([0-6]|\*)$/.exec(cron) ?? []
  if (minute === undefined || (day !== '*' && weekday !== '*')) return `${cron} (UTC)`
  const at = `at ${hour}:${minute.padStart(2, '0')} (UTC)`
  if (weekday !== '*') return `Every ${weekdays[Number(weekday)]} ${at}`
  return day === '*' ? `Every day ${at}` : `On the ${nth(Number(day))} of each month ${at}`
}
