import type { FormWithToken } from '@leadnest/sdk'
import type { TargetedEvent, TargetedSubmitEvent } from 'preact'
import { Control } from './Control.tsx'
import { boxOf, type Given, givenFor, type Problems } from './entries.ts'
import type { Texts } from './texts.ts'

interface Props {
  form: FormWithToken
  texts: Texts
  prefill?: Given
  hidden?: Given
  problems: Problems
  /** What stands above the button when it could not be sent. */
  notice: string
  mayTryAgain: boolean
  stage: 'open' | 'sending' | 'sent'
  onSubmit(event: TargetedSubmitEvent<HTMLFormElement>): void
  onInput(event: TargetedEvent<HTMLFormElement>): void
  onChange(event: TargetedEvent<HTMLFormElement>): void
  onFocusIn(): void
}

export function Form({ form, texts, prefill, hidden, problems, notice, mayTryAgain, stage, ...listeners }: Props) {
  const sending = stage === 'sending'
  const visible = form.fields.filter(({ name }) => givenFor(name, hidden) === undefined)

  return (
    // After sending it stays, unseen, so that the page below does not jump.
    <form noValidate aria-label={form.name} inert={stage === 'sent'} {...listeners}>
      {visible.map((field) => (
        <Control key={field.name} field={field} value={givenFor(field.name, prefill)} problem={problems[field.name]} />
      ))}
      {form.consents.map((consent) => (
        <Control key={consent.id} field={boxOf(consent)} lang={consent.language} problem={problems[consent.id]} />
      ))}
      <Trap />
      <div role="alert">{notice}</div>
      {/* Not `disabled`, which would take the focus away. */}
      <button type="submit" aria-disabled={sending} class={stage}>
        {sending ? texts.sending : mayTryAgain ? texts.again : form.submitLabel}
      </button>
      {[...visible, ...form.consents].some(({ required }) => required) && <p class="help">* {texts.required}</p>}
    </form>
  )
}

/** People neither see nor reach it, and password managers know no such name; programs fill it in. */
function Trap() {
  return (
    <div class="trap" aria-hidden="true">
      <label for="leadnest-trap">Leave this empty</label>
      <input
        id="leadnest-trap"
        name="second_subject"
        tabIndex={-1}
        autocomplete="off"
        data-1p-ignore
        data-lpignore="true"
      />
    </div>
  )
}

export function Thanks({ children }: { children: string }) {
  return (
    <div class="thanks" role="status" tabIndex={-1}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" opacity=".3" />
        <path d="m15 25 6 6 12-13" />
      </svg>
      <p>{children}</p>
    </div>
  )
}

/** Holds roughly the place that the form will take. */
export function Loading() {
  return <div class="loading" aria-busy="true" />
}

interface FailureProps {
  texts: Texts
  hint: string
  onRetry?(): void
}

export function Failure({ texts, hint, onRetry }: FailureProps) {
  return (
    <div class="failure" role="alert">
      <strong>{texts.unloadable}</strong>
      <p>{hint}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {texts.again}
        </button>
      )}
    </div>
  )
}
