import { plain } from '../text.ts'

const orders = { ymd: [1, 2, 3], dmy: [3, 2, 1], mdy: [3, 1, 2] } as const

/** In which order day, month and year stand. */
export type DayOrder = keyof typeof orders

/** Names of months in the languages that headers are known in, each with its number. None of them is another month elsewhere. */
const months = new Map<string, number>(
  ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'da'].flatMap((language) =>
    (['long', 'short'] as const).flatMap((month) => {
      const { format } = new Intl.DateTimeFormat(language, { month, timeZone: 'UTC' })
      return Array.from({ length: 12 }, (_, i) => [bare(format(Date.UTC(2026, i, 15))), i + 1] as const)
    }),
  ),
)

function bare(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}|\./gu, '')
    .toLowerCase()
}

// Behind a day there may be its time, which is cut off.
const time = String.raw`(?:[T ,]\s*\d{1,2}:.*)?$`
const inNumbers = new RegExp(String.raw`^(\d{1,4})[-./ ]{1,2}(\d{1,2})[-./ ]{1,2}(\d{1,4})${time}`)
const dayFirst = new RegExp(
  String.raw`^(\d{1,2})(?:st|nd|rd|th|er|º)?\.?[-\s/]*(?:de |of )?(\p{L}+)\.?,?[-\s/]*(?:de |of )?(\d+)${time}`,
  'iu',
)
const monthFirst = new RegExp(String.raw`^(\p{L}+)\.?[-\s/]*(\d{1,2})(?:st|nd|rd|th)?[-,\s/]+(\d+)${time}`, 'iu')

/**
 * `31.12.2026`, `Dec 31, 2026` or `31 décembre 2026` as `2026-12-31`. The name of a month says which part is which; of numbers `order` does,
 * unless the year comes first. Text that looks like no day is given back as it is.
 */
export function readDay(text: string, order: DayOrder | undefined): { day: string } | { issue: string } {
  const given = plain(text)
  const named = inWords(given)
  if (named) return dayOf(...named)
  const found = inNumbers.exec(given)
  if (!found) return { day: given }
  const yearFirst = found[1]!.length === 4
  if (!yearFirst && !order)
    return {
      issue: 'Say how days are written: date dmy (31.12.2026), mdy (12/31/2026) or ymd. 2026-12-31 is always read.',
    }
  const [year, month, day] = orders[yearFirst ? 'ymd' : order!].map((part) => found[part]!)
  return dayOf(year!, month!, day!)
}

/** Whether it is a day, however it is written. */
export function isTime(text: string): boolean {
  const given = plain(text)
  return inNumbers.test(given) || inWords(given) !== undefined
}

function inWords(text: string): [string, string, string] | undefined {
  const [, day, month, year] = dayFirst.exec(text) ?? []
  const [, other, second, third] = monthFirst.exec(text) ?? []
  const name = months.get(bare(month ?? other ?? ''))
  return name ? [year ?? third!, String(name), day ?? second!] : undefined
}

const dayOf = (year: string, month: string, day: string) =>
  year.length === 4
    ? { day: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` }
    : { issue: 'Write the year with four digits, as in 2026: of two nobody can say the century.' }
