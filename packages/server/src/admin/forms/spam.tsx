import type { Form } from '@leadnest/core'
import { ErrorSummary, TextArea, TextField } from '../fields.tsx'
import { type Refused, typedIn } from './refused.ts'

export const spamFields = [
  'proofBits',
  'maxLinks',
  'blockedWords',
  'blockedDomains',
  'holdDisposable',
  'holdRepeats',
] as const

/** What was typed as the API takes it; what is no number is refused there. */
export function spamPatchOf(typed: Record<string, string>): { spam: Partial<Form['spam']> } {
  const lines = (text = '') =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const whole = (text = '') => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN)
  return {
    spam: {
      proofBits: whole(typed.proofBits),
      maxLinks: typed.maxLinks?.trim() === '' ? null : whole(typed.maxLinks),
      blockedWords: lines(typed.blockedWords),
      blockedDomains: lines(typed.blockedDomains),
      holdDisposable: typed.holdDisposable === 'on',
      holdRepeats: typed.holdRepeats === 'on',
    },
  }
}

interface SpamProps {
  form: Form
  mayEdit: boolean
  refused: Refused | undefined
}

/** What visitors may send without being held. */
export function Spam({ form: { id, spam }, mayEdit, refused }: SpamProps) {
  const issues = (refused?.issues ?? []).map(({ path, message }) => ({
    path: path.replace(/^spam\.(\w+).*$/, '$1'),
    message,
  }))
  const text = (name: 'proofBits' | 'maxLinks') => typedIn(refused, name) ?? String(spam[name] ?? '')
  const list = (name: 'blockedWords' | 'blockedDomains') => typedIn(refused, name) ?? spam[name].join('\n')
  const isOn = (name: 'holdDisposable' | 'holdRepeats') => (refused ? typedIn(refused, name) === 'on' : spam[name])
  return (
    <section class="card" aria-labelledby="spam">
      <h2 id="spam">Spam</h2>
      <p class="muted">
        What breaks a rule waits under <a href="/admin/held">Held</a>, with the reason. Your own servers are not judged.
      </p>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${id}/spam`}>
          {refused && <ErrorSummary title={refused.title} issues={issues} />}
          <TextField
            name="maxLinks"
            label="Held when it has more links than"
            hint="Empty for any number."
            type="text"
            inputmode="numeric"
            autocomplete="off"
            value={text('maxLinks')}
            issues={issues}
          />
          <TextArea
            name="blockedWords"
            label="Blocked words, one or a phrase on a line"
            rows={3}
            value={list('blockedWords')}
            issues={issues}
          />
          <TextArea
            name="blockedDomains"
            label="Blocked sites, one on a line"
            hint="Neither linked to nor written from, with all below them."
            rows={3}
            value={list('blockedDomains')}
            issues={issues}
          />
          <Tick
            name="holdDisposable"
            label="Hold what comes from throw-away e-mail addresses"
            on={isOn('holdDisposable')}
          />
          <Tick
            name="holdRepeats"
            label="Hold what comes too often: from one address, with the same text, in a flood"
            on={isOn('holdRepeats')}
          />
          <TextField
            name="proofBits"
            label="Proof of work, in bits"
            hint="0 asks for none. 16 keeps a browser busy for a second or two; each bit more doubles it. Browsers without script cannot do it and are held, and so is all that the hosted page sends."
            type="text"
            inputmode="numeric"
            autocomplete="off"
            value={text('proofBits')}
            issues={issues}
          />
          <button class="button" type="submit">
            Save spam rules
          </button>
        </form>
      ) : (
        <dl class="facts">
          <div>
            <dt>Links</dt>
            <dd>{spam.maxLinks === null ? 'Any number' : `At most ${spam.maxLinks}`}</dd>
          </div>
          <div>
            <dt>Proof of work</dt>
            <dd>{spam.proofBits > 0 ? `${spam.proofBits} bits` : 'None'}</dd>
          </div>
        </dl>
      )}
    </section>
  )
}

function Tick({ name, label, on }: { name: string; label: string; on: boolean }) {
  return (
    <label class="tick-line">
      <input type="checkbox" name={name} value="on" checked={on} autocomplete="off" /> {label}
    </label>
  )
}
