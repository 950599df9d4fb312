import type { Form, Issue, ScoreRule } from '@leadnest/core'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Enabled, filterHint } from '../rule-fields.tsx'

export interface TypedRule {
  name: string
  points: string
  /** `filter` or `event`. */
  by: string
  filter: string
  type: string
  formSlug: string
  /** Of an own event. */
  eventName: string
  max: string
  enabled: boolean
}

export const noRule: TypedRule = {
  name: '',
  points: '',
  by: 'filter',
  filter: '',
  type: 'lead.captured',
  formSlug: '',
  eventName: '',
  max: '',
  enabled: true,
}

export const happenings: ReadonlyMap<string, string> = new Map([
  ['lead.created', 'They came in'],
  ['lead.captured', 'They sent a form'],
  ['lead.tracked', 'They did something that your software told'],
  ['note.added', 'A note was written'],
  ['lead.tagged', 'Tags changed'],
  ['lead.updated', 'The lead was edited'],
  ['lead.assigned', 'A rule gave it an owner'],
  ['lead.waiting', 'Nobody of its rule was there'],
  ['lead.reminded', 'Somebody was reminded of it'],
  ['lead.merged', 'It was merged with another lead'],
  ['lead.unmerged', 'A merge of it was undone'],
  ['lead.deleted', 'It was deleted'],
  ['lead.restored', 'It came back after it was deleted'],
  ['note.edited', 'A note was edited'],
  ['note.deleted', 'A note was deleted'],
  ['duplicate.dismissed', 'A possible duplicate was somebody else'],
])

export const asTyped = ({ name, points, filter, event, enabled }: ScoreRule): TypedRule => ({
  ...noRule,
  name,
  points: String(points),
  enabled,
  by: event ? 'event' : 'filter',
  filter: filter ?? '',
  ...(event && {
    type: event.type,
    formSlug: event.formSlug ?? '',
    eventName: event.name ?? '',
    max: String(event.max ?? ''),
  }),
})

/** As the use case takes it; what is no number is left for it to refuse. */
export function inputOf({ name, points, enabled, ...typed }: TypedRule) {
  const event = {
    type: typed.type,
    ...(typed.formSlug && typed.type === 'lead.captured' && { formSlug: typed.formSlug }),
    ...(typed.eventName.trim() && typed.type === 'lead.tracked' && { name: typed.eventName.trim() }),
    ...(typed.max.trim() && { max: numberOf(typed.max) }),
  }
  const what = typed.by === 'event' ? { filter: null, event } : { filter: typed.filter, event: null }
  return { name, points: numberOf(points), enabled, ...what }
}

const numberOf = (text: string) => (/^\s*[-+]?\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN)

/** Numbers that are none go by what people can do about them. */
export const inWords = ({ path, message }: Issue): Issue => ({
  path: path === 'event.name' ? 'eventName' : path.replace(/^event\./, ''),
  message: /^Send /.test(message) ? 'Write a whole number.' : message,
})

interface RuleFormProps {
  action: string
  submit: string
  typed: TypedRule
  forms: Form[]
  issues: Issue[]
}

export function RuleForm({ action, submit, typed, forms, issues }: RuleFormProps) {
  const text = (name: 'name' | 'points' | 'filter' | 'eventName' | 'max') =>
    ({ name, value: typed[name], issues, autocomplete: 'off', type: 'text' }) as const
  return (
    <form method="post" action={action} class="score-rule">
      {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
      <TextField {...text('name')} label="Name" required maxlength={100} />
      <TextField {...text('points')} label="Points" required hint="From −1000 to 1000." />
      <fieldset>
        <legend>They count</legend>
        <label class="choice">
          <input type="radio" name="by" value="filter" checked={typed.by !== 'event'} /> while a lead matches a filter
        </label>
        <label class="choice">
          <input type="radio" name="by" value="event" checked={typed.by === 'event'} /> for each time that something
          happened
        </label>
      </fieldset>
      <div class="by-filter">
        <TextField {...text('filter')} label="Which leads" hint={filterHint} />
      </div>
      <div class="by-event stack">
        <SelectField name="type" label="What happened" issues={issues}>
          {!happenings.has(typed.type) && (
            <option value={typed.type} selected>
              {typed.type}
            </option>
          )}
          {[...happenings].map(([type, name]) => (
            <option value={type} selected={type === typed.type}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField name="formSlug" label="Which form" hint="Where they sent a form." issues={issues}>
          <option value="">Any</option>
          {forms.map(({ slug, name }) => (
            <option value={slug} selected={slug === typed.formSlug}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          {...text('eventName')}
          label="Which of your own events"
          hint="Where your software told something. Empty counts all."
        />
        <TextField {...text('max')} label="At most so many times" hint="Empty counts every time." />
      </div>
      <Enabled enabled={typed.enabled} />
      <button class="button" type="submit">
        {submit}
      </button>
    </form>
  )
}
