import { recordConsents, type Said } from '../consents/record-consent.ts'
import type { Core } from '../core.ts'
import { byPerson } from '../events/event.ts'
import { readStanding } from './find-preferences.ts'
import { asHolder } from './holder.ts'

/** What stands behind a tick on the page. */
export const nameOf = ({ channel, purpose }: { channel: string; purpose: string }): string => `${channel} ${purpose}`

/**
 * Turns on what is ticked and off what is not, of what was shown. What is turned on lifts an earlier no, for
 * the link proves the address; what it does not prove stays off. What changes nothing writes nothing.
 */
export function changePreferences(
  core: Core,
  token: string,
  { shown, ticked }: { shown: string[]; ticked: string[] },
): Promise<'saved' | 'unknown' | 'gone'> {
  return asHolder<'saved'>(core, token, async (tx, holder, lead) => {
    const { lines } = await readStanding(core, tx, holder, lead)
    const said = lines.flatMap(({ channel, purpose, on, canTurnOn, wording }): Said[] => {
      const name = nameOf({ channel, purpose })
      if (!shown.includes(name) || ticked.includes(name) === on) return []
      const about = { leadId: lead.id, channel, purpose }
      if (on) return [{ action: 'revoke', ...about }]
      return canTurnOn ? [{ action: 'grant', ...about, wording, step: 'double', proof: 'preference link' }] : []
    })
    await recordConsents(core, tx, holder.workspaceId, said, byPerson)
    return 'saved'
  })
}

/** A no to everything on every channel that could reach the person. What stands already is not said again. */
export function unsubscribe(
  core: Core,
  token: string,
  reason: string | null = null,
): Promise<'saved' | 'unknown' | 'gone'> {
  return asHolder<'saved'>(core, token, async (tx, holder, lead) => {
    const { open } = await readStanding(core, tx, holder, lead)
    const said = open.map((channel): Said => ({ action: 'revoke', leadId: lead.id, channel, purpose: null, reason }))
    await recordConsents(core, tx, holder.workspaceId, said, byPerson)
    return 'saved'
  })
}
