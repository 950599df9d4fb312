import type { PublishedWording } from '@leadnest/core'

export const boxId = (id: string) => `consent-${id}`

interface ConsentBoxProps {
  box: PublishedWording
  /** The language of the page, where the words are in another. */
  language: string
  ticked: boolean
  problem: string | undefined
}

/** Something to agree to, in exactly the words that the ledger will keep. Never ticked beforehand. */
export function ConsentBox({ box, language, ticked, problem }: ConsentBoxProps) {
  const id = boxId(box.id)
  return (
    <div class="field checkbox">
      <label for={id} lang={box.language === language ? undefined : box.language}>
        {box.text}
        {box.required && <span aria-hidden="true"> *</span>}
      </label>
      <input
        id={id}
        name="_consent"
        type="checkbox"
        value={box.id}
        checked={ticked}
        required={box.required}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={problem && `${id}-problem`}
      />
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}
