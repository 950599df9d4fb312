import type { Consent, ConsentPage, ConsentState, Lead } from '@leadnest/core'
import type { Context } from 'hono'
import { ErrorSummary, formText, SelectField, TextArea, TextField } from '../fields.tsx'
import { Time } from '../time.tsx'
import { type Refused, refusal } from './refused.ts'

/** In front of the names of the form's fields, for the page has others. */
export const prefix = 'consent-'
const names = ['action', 'channel', 'purpose', 'text', 'reason'] as const
type Typed = Record<(typeof names)[number], string>

export async function readConsent(c: Context): Promise<Typed> {
  const entries = await Promise.all(names.map(async (name) => [name, await formText(c, prefix + name)] as const))
  return Object.fromEntries(entries) as Typed
}

export const consentInput = ({ action, channel, purpose, text, reason }: Typed) => ({
  action,
  channel: channel.trim(),
  purpose: purpose.trim() || null,
  reason: reason.trim() || null,
  ...(text.trim() && { wording: { text: text.replaceAll('\r\n', '\n') } }),
})

/** The form has one field for the words. */
export const consentField = (path: string) => prefix + (path.startsWith('wording') ? 'text' : path)

interface ConsentsProps {
  lead: Lead
  consents: ConsentPage
  mayEdit: boolean
  refused: Refused | undefined
}

export function Consents({ lead, consents: { data, state, nextCursor }, mayEdit, refused }: ConsentsProps) {
  return (
    <section class="card" aria-labelledby="consents">
      <h2 id="consents">Consents</h2>
      {state.length === 0 ? (
        <p class="muted">Nothing was agreed to or taken back.</p>
      ) : (
        <ul class="lines" aria-label="How things stand">
          {state.map((one) => (
            <State state={one} />
          ))}
        </ul>
      )}
      {data.length > 0 && (
        <details class="more">
          <summary>History</summary>
          <ol class="lines">
            {data.map((entry) => (
              <Entry entry={entry} />
            ))}
          </ol>
          {nextCursor && <p class="muted">The latest {data.length} are shown.</p>}
        </details>
      )}
      {mayEdit && (
        <details class="more" open={refused !== undefined}>
          <summary>Write down what they said</summary>
          <ConsentForm leadId={lead.id} refused={refused} />
        </details>
      )}
    </section>
  )
}

function State({ state: { channel, purpose, status, suppressed, since } }: { state: ConsentState }) {
  return (
    <li>
      <p>
        {channel}: {purpose ?? 'everything'}{' '}
        <span class={`stage ${suppressed ? 'lost' : status === 'granted' ? 'won' : ''}`}>
          {suppressed ? 'Do not write' : status === 'granted' ? 'Agreed' : status === 'revoked' ? 'Taken back' : 'None'}
        </span>
      </p>
      {since && (
        <p class="muted small">
          {suppressed && status === 'granted' && 'Agreed again, but an opt-out stands; '}
          <Time at={since} />
        </p>
      )}
    </li>
  )
}

const titles: Record<Consent['kind'], string> = {
  granted: 'Agreed',
  revoked: 'Taken back',
  lifted: 'Opt-out lifted by the person',
  voided: 'Voided: it was written down by mistake',
  erased: 'Entries erased',
}

function Entry({ entry }: { entry: Consent }) {
  const { kind, channel, purpose, wording, address, page, step, reason, actor, source, at, seq, voidedAt } = entry
  const about = [channel, channel && (purpose ?? 'everything'), address].filter(Boolean).join(', ')
  const how = [
    actor.name && actor.type !== 'visitor' ? `by ${actor.name}` : undefined,
    `through ${source}`,
    step === 'double' ? 'confirmed by a link' : undefined,
    page ?? undefined,
    seq === null ? 'not sealed yet' : `row ${seq}`,
  ]
  return (
    <li>
      <p>
        {titles[kind]}
        {voidedAt && ' (voided)'}
        {about && `: ${about}`}
      </p>
      {wording && <blockquote lang={wording.language}>{wording.text}</blockquote>}
      {reason && <p>{reason}</p>}
      <p class="muted small">
        <Time at={at} /> {how.filter(Boolean).join(', ')}
      </p>
    </li>
  )
}

function ConsentForm({ leadId, refused }: { leadId: string; refused: Refused | undefined }) {
  const issues = refused?.issues ?? []
  const typed: Partial<Typed> = refused?.typed ?? {}
  const text = (name: 'channel' | 'purpose' | 'reason') => ({
    name: prefix + name,
    type: 'text' as const,
    autocomplete: 'off',
    value: typed[name] ?? '',
    issues,
  })
  return (
    <form method="post" action={`/admin/leads/${leadId}/consents`}>
      {refused && <ErrorSummary title={refusal} issues={issues} />}
      <SelectField name={`${prefix}action`} label="They" issues={issues}>
        <option value="grant" selected={typed.action !== 'revoke'}>
          agreed
        </option>
        <option value="revoke" selected={typed.action === 'revoke'}>
          took it back
        </option>
      </SelectField>
      <TextField {...text('channel')} value={typed.channel ?? 'email'} label="Channel" />
      <TextField {...text('purpose')} label="Purpose" hint="Empty takes back everything on the channel." />
      <TextArea
        name={`${prefix}text`}
        label="The words they agreed to"
        rows={2}
        maxlength={2000}
        value={typed.text ?? ''}
        issues={issues}
      />
      <TextField {...text('reason')} label="Note" hint="As in “on the phone”. Agreeing again lifts no opt-out." />
      <button class="button" type="submit">
        Write down
      </button>
    </form>
  )
}
