import { assignLeads } from '../assignment/assign-leads.ts'
import type { Core } from '../core.ts'
import type { Event } from '../events/event.ts'
import { scoreLeads } from '../scores/score-leads.ts'

/** What the rules of a workspace have to look at after some events. */
export interface Automation {
  workspaceId: string
  /** Whose score may be another now. */
  score: string[]
  /** New ones, that may need an owner. */
  assign: string[]
}

/** Undefined where these events concern no rule. A new score is no reason to count again. */
export function automationFor(
  workspaceId: string,
  events: Event[],
  rules: { score: boolean; assign: boolean },
): Automation | undefined {
  const leadsOf = (concerns: (event: Event) => boolean) => [
    ...new Set(events.flatMap((event) => (event.leadId && concerns(event) ? [event.leadId] : []))),
  ]
  const score = rules.score ? leadsOf(({ type }) => type !== 'lead.scored') : []
  const assign = rules.assign ? leadsOf(isNew) : []
  return score.length + assign.length > 0 ? { workspaceId, score, assign } : undefined
}

const isNew = ({ type, data }: Event) => type === 'lead.created' || (type === 'lead.captured' && data.created === true)

/** Scores first, so that an assignment rule may go by the score. */
export async function automate(core: Core, { workspaceId, score, assign }: Automation): Promise<void> {
  await scoreLeads(core, workspaceId, score)
  await assignLeads(core, workspaceId, assign)
}
