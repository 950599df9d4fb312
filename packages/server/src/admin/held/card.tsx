import type { LinksMade, Submission } from '@leadnest/core'
import { Answers } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'
import { inPlainWords } from './reasons.ts'
import { Waiting } from './waiting.tsx'

interface CardProps {
  submission: Submission
  labels: ReadonlyMap<string, string>
  /** Then it can be let through, and ticked where a list has a form for many. */
  mayWrite: boolean
  links: LinksMade | undefined
  alone?: boolean
}

/** One submission with its reasons, and what can be done with it. */
export function SubmissionCard({ submission, labels, mayWrite, links, alone = false }: CardProps) {
  const { id, formName, test, createdAt, reasons, fields } = submission
  return (
    <>
      <h2>
        {mayWrite && !alone && (
          <input
            type="checkbox"
            name="ids"
            value={id}
            form="some"
            aria-label={`Tick what was sent on ${formName}`}
            autocomplete="off"
          />
        )}{' '}
        {alone ? formName : <a href={`/admin/held/${id}`}>{formName}</a>} <VerdictOf {...submission} />{' '}
        {test && <span class="stage">Test</span>}
        <small>
          <Time at={createdAt} />
        </small>
      </h2>
      {reasons.length > 0 && (
        <ul class="reasons" aria-label="Reasons">
          {reasons.map((reason) => (
            <li>
              <Icon name="alert" /> {inPlainWords(reason)}
            </li>
          ))}
        </ul>
      )}
      <Answers fields={fields} labels={labels} />
      <Waiting {...{ submission, links }} mayEdit={mayWrite} />
      {mayWrite && <Decide {...{ submission }} />}
    </>
  )
}

function Decide({ submission: { id, verdict } }: { submission: Submission }) {
  if (verdict === 'accepted') return null
  return (
    <form method="post" action={`/admin/held/${id}/release`} class="actions">
      <button class="button" type="submit">
        <Icon name="check" /> Let through
      </button>
      {verdict === 'held' && (
        <button class="button" type="submit" formaction={`/admin/held/${id}/spam`}>
          <Icon name="bin" /> Spam
        </button>
      )}
    </form>
  )
}

function VerdictOf({ verdict }: Pick<Submission, 'verdict'>) {
  if (verdict === 'spam') return <span class="stage spam">Spam</span>
  return <span class="stage">{verdict === 'held' ? 'Held' : 'Let through'}</span>
}
