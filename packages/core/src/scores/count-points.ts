import type { ScorePart, ScoreRule } from './rule.ts'

export type CountedRule = Pick<ScoreRule, 'id' | 'name' | 'points' | 'filter' | 'event'> & { formId: string | null }

/** What a lead shows: which filters it matches, in the order of the rules, and how often what happened (`type formId`, `lead.tracked name`). */
export interface Shown {
  matched: boolean[]
  happened: Record<string, number>
}

/** What each rule gives this lead; those that give nothing are left out. */
export function countPoints(rules: CountedRule[], { matched, happened }: Shown): ScorePart[] {
  return rules.flatMap(({ id, name, points, event, formId }, index) => {
    const times =
      event === null ? Number(matched[index]) : Math.min(timesOf(event, formId, happened), event.max ?? Infinity)
    return times * points === 0 ? [] : [{ ruleId: id, name, points: times * points }]
  })
}

function timesOf(
  { type, formSlug, name }: NonNullable<ScoreRule['event']>,
  formId: string | null,
  happened: Record<string, number>,
): number {
  const narrowed = name ?? (formSlug === undefined ? undefined : formId)
  return Object.entries(happened)
    .filter(([what]) => (narrowed === undefined ? what.startsWith(`${type} `) : what === `${type} ${narrowed}`))
    .reduce((sum, [, times]) => sum + times, 0)
}

const limit = 1_000_000

/** From -1,000,000 to 1,000,000. */
export function scoreOf(parts: ScorePart[]): number {
  return Math.max(
    -limit,
    Math.min(
      limit,
      parts.reduce((sum, { points }) => sum + points, 0),
    ),
  )
}

/** What is different, rule by rule: points that came, and such that went. */
export function difference(before: ScorePart[], after: ScorePart[]): ScorePart[] {
  const had = new Map(before.map((part) => [part.ruleId, part]))
  const has = new Map(after.map((part) => [part.ruleId, part]))
  return [...new Map([...had, ...has]).values()].flatMap(({ ruleId, name }) => {
    const points = (has.get(ruleId)?.points ?? 0) - (had.get(ruleId)?.points ?? 0)
    return points === 0 ? [] : [{ ruleId, name, points }]
  })
}
