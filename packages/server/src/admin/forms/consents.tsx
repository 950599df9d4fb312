import type { Form, Issue, PublishedWording } from '@leadnest/core'
import type { Context } from 'hono'
import { ErrorSummary, formText, TextArea, TextField } from '../fields.tsx'
import type { Refused } from './refused.ts'

const most = 20
const names = ['text', 'channel', 'purpose', 'language', 'required'] as const
type Typed = Record<(typeof names)[number], string>

/** The boxes that were typed. One without any words is one that goes. */
export async function readBoxes(c: Context): Promise<Typed[]> {
  const boxes = await Promise.all(
    Array.from({ length: most + 1 }, async (_, i) =>
      Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await formText(c, `consents.${i}.${name}`)] as const)),
      ),
    ),
  )
  return (boxes as Typed[]).filter(({ text }) => text.trim() !== '')
}

export const boxInput = ({ text, channel, purpose, language, required }: Typed) => ({
  text: text.replaceAll('\r\n', '\n'),
  channel: channel.trim(),
  purpose: purpose.trim(),
  ...(language.trim() && { language: language.trim() }),
  required: required === 'true',
})

interface ConsentsProps {
  form: Form
  mayEdit: boolean
  refused: Refused | undefined
}

/** What the form asks people to agree to. */
export function Consents({ form, mayEdit, refused }: ConsentsProps) {
  const issues = refused?.issues ?? []
  const boxes = refused ? (JSON.parse(refused.typed.boxes!) as Typed[]) : form.consents.map(asTyped)
  return (
    <section class="card" aria-labelledby="consents">
      <h2 id="consents">Consents</h2>
      <p class="muted">
        Boxes to tick, in exactly the words that the ledger keeps. Other words are another consent: who agreed to the
        earlier ones agreed to those. A plain HTML form has to be pasted again when they change.
      </p>
      {mayEdit ? (
        <form method="post" action={`/admin/forms/${form.id}/consents`}>
          {refused && <ErrorSummary title={refused.title} issues={issues} />}
          {boxes.map((box, i) => (
            <Box {...{ box, i, issues }} legend={`Box ${i + 1}`} />
          ))}
          {boxes.length < most && (
            <details class="more" open={boxes.length === 0}>
              <summary>Add a box</summary>
              <Box
                box={{ text: '', channel: 'email', purpose: '', language: form.language, required: '' }}
                i={boxes.length}
                issues={[]}
                legend="New box"
              />
            </details>
          )}
          <button class="button" type="submit">
            Save consents
          </button>
        </form>
      ) : form.consents.length === 0 ? (
        <p class="muted">It asks for none.</p>
      ) : (
        <dl class="facts">
          {form.consents.map(({ channel, purpose, text }) => (
            <div>
              <dt>
                {channel}, {purpose}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

const asTyped = ({ text, channel, purpose, language, required }: PublishedWording): Typed => ({
  text,
  channel,
  purpose,
  language,
  required: required ? 'true' : '',
})

function Box({ box, i, issues, legend }: { box: Typed; i: number; issues: Issue[]; legend: string }) {
  const field = (name: 'channel' | 'purpose' | 'language') => ({
    name: `consents.${i}.${name}`,
    value: box[name],
    type: 'text' as const,
    autocomplete: 'off',
    issues,
  })
  const required = `consents.${i}.required`
  return (
    <fieldset class="box">
      <legend>{legend}</legend>
      <TextArea
        name={`consents.${i}.text`}
        label="Words"
        hint="Empty, and the box goes."
        rows={2}
        maxlength={2000}
        value={box.text}
        issues={issues}
      />
      <div class="row">
        <TextField {...field('channel')} label="Channel" hint="As in email or sms." />
        <TextField {...field('purpose')} label="Purpose" hint="As in newsletter." />
        <TextField {...field('language')} label="Language" hint="As in en." />
      </div>
      <label class="choice" for={required}>
        <input id={required} name={required} type="checkbox" value="true" checked={box.required === 'true'} /> Has to be
        ticked
      </label>
    </fieldset>
  )
}
