import type { Lead } from '@leadnest/core'
import type { Context } from 'hono'
import { ErrorSummary, formText, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { momentOf, wallClock } from '../moment.ts'
import { type Refused, refusal } from './refused.ts'
import { editedOf, meanwhile, readSeen, type Same, seenText } from './seen.ts'

const names = ['nextAction.text', 'nextAction.dueAt', 'nextAction.remindAt'] as const
type Typed = Record<(typeof names)[number], string>

/** What a form of it asks for, by the clock of the workspace, and what somebody else made of it meanwhile. */
export async function readNextAction(c: Context, lead: Lead, timeZone: string) {
  const entries = names.map(async (name) => [name, await formText(c, name)] as const)
  const sent = Object.fromEntries(await Promise.all(entries)) as Typed
  const now = asTyped(lead, timeZone)
  const { typed, changed, conflicts } = editedOf(sent, now, await readSeen(c), same)
  const seen = seenText(now, same)
  if (lead.nextAction && changed.length === 0) return { typed: { ...typed, seen }, patch: {}, issues: [] }
  if (!lead.nextAction && conflicts.length > 0)
    return { typed: { ...sent, seen }, patch: {}, issues: [{ path: names[0], message: doneMeanwhile }] }
  const issues = conflicts.map((name) => meanwhile(name, now[name].replace('T', ' ')))
  return { typed: { ...typed, seen }, patch: { nextAction: nextActionOf(typed, timeZone) }, issues }
}

const doneMeanwhile = 'Meanwhile it was done. Save again to plan it anew.'

const same: Same = (_name, value) => value.replace(/[\r\n]/g, '').trim()

function asTyped({ nextAction }: Lead, timeZone: string): Typed {
  return {
    'nextAction.text': nextAction?.text ?? '',
    'nextAction.dueAt': wallClock(nextAction?.dueAt ?? null, timeZone),
    'nextAction.remindAt': wallClock(nextAction?.remindAt ?? null, timeZone),
  }
}

/** As an edit of a lead says it. */
function nextActionOf(typed: Typed, timeZone: string) {
  const remindAt = typed['nextAction.remindAt']
  return {
    text: typed['nextAction.text'],
    dueAt: momentOf(typed['nextAction.dueAt'], timeZone),
    remindAt: remindAt ? momentOf(remindAt, timeZone) : null,
  }
}

interface NextActionProps {
  lead: Lead
  timeZone: string
  mayEdit: boolean
  refused: Refused | undefined
}

/** What comes next with a lead: told, done, put off, or set where there is nothing yet. */
export function NextAction({ lead, timeZone, mayEdit, refused }: NextActionProps) {
  const { nextAction } = lead
  const action = `/admin/leads/${lead.id}/next-action`
  return (
    <section class="card" aria-labelledby="next-action">
      <h2 id="next-action">Next action</h2>
      {nextAction ? (
        <>
          <p class="next-action">{nextAction.text}</p>
          <p class="muted">
            <Due at={nextAction.dueAt} timeZone={timeZone} />
            {nextAction.remindAt && <span>; reminder {shown(nextAction.remindAt, timeZone)}</span>}
          </p>
          {mayEdit && (
            <form method="post" action={`${action}/done`}>
              <button class="button" type="submit">
                <Icon name="check" /> Done
              </button>
            </form>
          )}
        </>
      ) : (
        <p class="muted">Nothing is planned.</p>
      )}
      {mayEdit && (
        <details class="more" open={refused !== undefined}>
          <summary>{nextAction ? 'Change it' : 'Plan something'}</summary>
          <NextActionForm {...{ lead, timeZone, refused, action }} />
        </details>
      )}
    </section>
  )
}

function NextActionForm({ lead, timeZone, refused, action }: Omit<NextActionProps, 'mayEdit'> & { action: string }) {
  const issues = refused?.issues ?? []
  const known = asTyped(lead, timeZone)
  const typed = { ...known, ...refused?.typed }
  const seen = refused?.typed.seen ?? seenText(known, same)
  const field = (name: keyof Typed) => ({ name, value: typed[name], issues, autocomplete: 'off' })
  return (
    <form method="post" action={action}>
      <input type="hidden" name="seen" value={seen} autocomplete="off" />
      {refused && <ErrorSummary title={refusal} issues={issues} />}
      <TextField {...field('nextAction.text')} label="What" type="text" required maxlength={500} />
      <TextField {...field('nextAction.dueAt')} label="Due" type="datetime-local" required hint={`By ${timeZone}.`} />
      <TextField {...field('nextAction.remindAt')} label="Remind me" type="datetime-local" />
      <button class="button" type="submit">
        Save
      </button>
    </form>
  )
}

function Due({ at, timeZone }: { at: string; timeZone: string }) {
  const late = Date.parse(at) < Date.now()
  return (
    <span class={late ? 'late' : undefined}>
      {late ? 'Overdue since' : 'Due'} {shown(at, timeZone)}
    </span>
  )
}

const shown = (at: string, timeZone: string) => <time datetime={at}>{wallClock(at, timeZone).replace('T', ' ')}</time>
