import type { LinksMade, Submission } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'

interface WaitingProps {
  submission: Submission
  links: LinksMade | undefined
  mayEdit: boolean
}

/** Of what waits for its person: how often they got a link, and a way to make one. */
export function Waiting({ submission, links, mayEdit }: WaitingProps) {
  if (submission.verdict !== 'held' || !submission.reasons.includes('awaiting_confirmation')) return null
  return (
    <div class="waiting">
      <p class="muted">
        {links ? (
          <>
            {links.count === 1 ? 'One link was made,' : `${links.count} links were made, the last one`} good until{' '}
            <Time at={links.expiresAt} />.
          </>
        ) : (
          'No link was made yet.'
        )}
      </p>
      {mayEdit && (
        <form method="post" action={`/admin/held/${submission.id}/confirmation-link`}>
          <button class="button" type="submit">
            <Icon name="copy" /> {links ? 'Make a new link' : 'Make the link'}
          </button>
        </form>
      )}
    </div>
  )
}
