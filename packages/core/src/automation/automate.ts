import { assignLeads } from '../assignment/assign-leads.ts'
import type { Core } from '../core.ts'
import { suggestDuplicates } from '../duplicates/find-duplicates.ts'
import type { Event } from '../events/event.ts'
import { scoreLeads } from '../scores/score-leads.ts'

/** What is to be looked at after some events. */
export interface Automation {
  workspaceId: string
  /** Whose score may be another now. */
  score: string[]
  /** New ones, that may need an owner. */
  assign: string[]
  /** Who may be somebody that we know already. */
  compare: string[]
}

/** Undefined where there is nothing to look at. A new score is no reason to count again. */
export function automationFor(
  workspaceId: string,
  events: Event[],
  rules: { score: boolean; assign: boolean },
): Automation | undefined {
  const leadsOf = (concerns: (event: Event) => boolean) => [
    ...new Set(events.flatMap((event) => (concerns(event) ? leadsIn(event) : []))),
  ]
  const score = rules.score ? leadsOf(({ type }) => type !== 'lead.scored') : []
  const assign = rules.assign ? leadsOf(isNew) : []
  const compare = leadsOf(tellsWho)
  return score.length + assign.length + compare.length > 0 ? { workspaceId, score, assign, compare } : undefined
}

/** An undone merge is about two. */
const leadsIn = ({ leadId, data }: Event): string[] =>
  [leadId, data.restoredId].filter((id): id is string => typeof id === 'string')

const isNew = ({ type, data }: Event) => type === 'lead.created' || (type === 'lead.captured' && data.created === true)

/** Whether it may have told something that two leads can be alike by. */
const tellsWho = ({ type, data }: Event) =>
  type === 'lead.created' ||
  type === 'lead.captured' ||
  type === 'lead.merged' ||
  type === 'lead.unmerged' ||
  (type === 'lead.updated' &&
    Object.keys(data.changes ?? {}).some((name) => /^(phone|name|firstName|lastName|company)$/.test(name)))

/** Scores first, so that an assignment rule may go by the score. */
export async function automate(core: Core, { workspaceId, score, assign, compare }: Automation): Promise<void> {
  await scoreLeads(core, workspaceId, score)
  await assignLeads(core, workspaceId, assign)
  await suggestDuplicates(core, workspaceId, compare)
}
