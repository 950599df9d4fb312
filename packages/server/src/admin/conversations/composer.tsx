import type { ChannelView, Issue, MessagePreview, MessageTemplate } from '@leadnest/core'
import { ErrorSummary, SelectField, TextArea, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { OnceKey } from '../plugins/actions.tsx'

/** What was typed, by the names of its controls. */
export type Typed = Record<'subject' | 'body' | 'template' | 'mediaUrl' | 'sendAt', string>
export const nothingTyped: Typed = { subject: '', body: '', template: '', mediaUrl: '', sendAt: '' }

interface ComposerProps {
  action: string
  channel: ChannelView
  leadId: string
  templates: MessageTemplate[]
  typed: Typed
  preview: MessagePreview | undefined
  issues: Issue[]
}

/** Counts while somebody types; without script the button Preview does. */
export function Composer({ action, channel, leadId, templates, typed, preview, issues }: ComposerProps) {
  const { id, limits } = channel
  return (
    <form class="card compose" method="post" action={action} aria-label="Write">
      {issues.length > 0 && <ErrorSummary title="Nothing was sent yet." issues={issues} />}
      <input type="hidden" name="channel" value={id} />
      <input type="hidden" name="leadId" value={leadId} />
      <OnceKey />
      {limits.subject && (
        <TextField
          name="subject"
          label="Subject"
          type="text"
          autocomplete="off"
          maxlength={500}
          value={typed.subject}
          issues={issues}
        />
      )}
      <div
        hx-post="/admin/conversations/preview"
        hx-trigger="input changed delay:250ms"
        hx-include="closest form"
        hx-target="#preview"
        hx-swap="outerHTML"
        hx-sync="this:replace"
      >
        <TextArea name="body" label="Message" value={typed.body} rows={4} maxlength={50_000} issues={issues} />
        {templates.length > 0 && (
          <SelectField name="template" label="Or a template" issues={issues}>
            <option value="">None: what is written above</option>
            {templates.map(({ id, name }) => (
              <option value={id} selected={id === typed.template}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        {limits.media !== null && (
          <TextField
            name="mediaUrl"
            label="Address of a picture"
            type="text"
            inputmode="url"
            autocomplete="off"
            value={typed.mediaUrl}
            issues={issues}
          />
        )}
      </div>
      <Preview preview={preview} />
      <TextField
        name="sendAt"
        label="Not before"
        hint="By the clock of the workspace. Empty sends it now."
        type="datetime-local"
        autocomplete="off"
        value={typed.sendAt}
        issues={issues}
      />
      <div class="actions">
        <button class="button primary" name="do" value="send" type="submit">
          <Icon name="send" /> Send
        </button>
        <button class="button" name="do" value="preview" type="submit">
          Preview
        </button>
      </div>
    </form>
  )
}

/** What the text comes to, and what it says once a template is filled in. */
export function Preview({ preview, filled = false }: { preview: MessagePreview | undefined; filled?: boolean }) {
  if (!preview) return <p id="preview" class="muted small" aria-live="polite" />
  const { segments, encoding, left, cost, suppressed, body } = preview
  const price = cost && ` · ${cost.amount.toFixed(4).replace(/0{1,2}$/, '')} ${cost.currency}`
  return (
    <div id="preview" class="small" aria-live="polite">
      <p class="muted figures">
        {segments} {segments === 1 ? 'segment' : 'segments'} · {encoding} · {left} left{price}
      </p>
      {suppressed && <p class="field-error">This person opted out: nothing will be sent.</p>}
      {filled && <p class="note-card">{body}</p>}
    </div>
  )
}
