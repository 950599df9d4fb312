import type { Target } from '@leadnest/core/plugin'

/** Where a column goes, with what is done to its values. */
export type Rule = Exclude<Target, string>

export type Mapping = Record<string, Target>

/** Null is left out. */
export function ruleOf(target: Target): Rule | null {
  const rule = typeof target === 'string' ? { to: target } : target
  return rule.to === 'ignore' ? null : rule
}

/** As short as it can be written. */
export const targetOf = (rule: Rule): Target => (Object.keys(rule).length === 1 ? rule.to : rule)
