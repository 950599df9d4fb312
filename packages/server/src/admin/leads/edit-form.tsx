import type { Issue, Lead, LeadField, LeadPatch, Pipeline } from '@leadnest/core'
import type { Context } from 'hono'
import { ErrorSummary, formText, SelectField, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { FieldControls, fieldsAsTyped, fieldsPatchOf, readTypedFields, sameField, shownField } from './lead-fields.tsx'
import { type Member, memberNames, ownerName } from './owner.ts'
import { type Refused, refusal } from './refused.ts'
import { type Edited, editedOf, meanwhile, readSeen, type Same, seenText } from './seen.ts'
import { stageNames } from './stage.tsx'

const names = [
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'stage',
  'lostReason',
  'ownerId',
] as const satisfies (keyof LeadPatch)[]

type Name = (typeof names)[number]
/** The columns by their names, and the workspace's own fields as `fields.<key>`. */
type Typed = Record<Name | `fields.${string}`, string>

function asTyped(lead: Lead, fields: LeadField[]): Typed {
  const columns = Object.fromEntries(names.map((name) => [name, lead[name] ?? '']))
  return { ...columns, ...fieldsAsTyped(fields, lead) } as Typed
}

/** What a form changed; what it leaves out stays as it is. */
export async function readEdited(c: Context, lead: Lead, fields: LeadField[]): Promise<Edited<Typed>> {
  const sent = await c.req.parseBody({ all: true })
  const now = asTyped(lead, fields)
  const typed = { ...now }
  for (const name of names) if (name in sent) typed[name] = await formText(c, name)
  const own = await readTypedFields(c, fields, sent)
  return editedOf({ ...typed, ...own }, now, await readSeen(c), sameOf(fields))
}

/**
 * Only what was changed: a name that is made of its parts must not be stored by an edit of something else, and a reason
 * belongs to a lost stage only.
 */
export function patchOf(
  { typed, changed }: Edited<Typed>,
  pipelines: Pipeline[],
  fields: LeadField[],
): Partial<Record<Name, string | null>> & { fields?: object } {
  const isLost = stageNames(pipelines).get(typed.stage)?.kind === 'lost'
  const own = fieldsPatchOf(fields, changed, typed)
  const columns = Object.fromEntries(
    names
      .filter((name) => changed.includes(name) && (name !== 'lostReason' || isLost))
      .map((name) => [name, typed[name].trim() || (name === 'stage' ? '' : null)]),
  )
  return { ...columns, ...(Object.keys(own).length > 0 && { fields: own }) }
}

/** What somebody else made of the fields that were changed here too. */
export function conflictsOf(
  { conflicts }: Edited<Typed>,
  { lead, pipelines, members, fields }: Omit<EditFormProps, 'refused'>,
): Issue[] {
  const now = asTyped(lead, fields)
  return conflicts.map((name) => {
    if (name === 'stage') return meanwhile(name, stageNames(pipelines).get(now.stage)?.label ?? now.stage)
    if (name === 'ownerId') return meanwhile(name, now.ownerId && ownerName(now.ownerId, memberNames(members)))
    return meanwhile(name, shownField(fields, name, lead) ?? now[name] ?? '')
  })
}

/** A text field knows no line breaks. */
const sameOf =
  (fields: LeadField[]): Same =>
  (name, value) =>
    sameField(fields, name, value) ?? value.replace(/[\r\n]/g, '').trim()

/** What a form about the lead as it is now is drawn with. */
export const seenOf = (lead: Lead, fields: LeadField[]) => seenText(asTyped(lead, fields), sameOf(fields))

interface EditFormProps {
  lead: Lead
  pipelines: Pipeline[]
  members: Member[]
  /** Those that can be written. */
  fields: LeadField[]
  refused: Refused | undefined
}

export function EditForm({ lead, pipelines, members, fields, refused }: EditFormProps) {
  const typed = { ...asTyped(lead, fields), ...refused?.typed }
  const issues = refused?.issues ?? []
  const text = (name: Name) => ({ name, value: typed[name], issues, autocomplete: 'off' })
  const owners = memberNames(members)
  const seen = refused?.typed.seen ?? seenOf(lead, fields)
  return (
    <details class="edit" open={refused !== undefined}>
      <summary class="button">
        <Icon name="pencil" /> Edit
      </summary>
      <form method="post" action={`/admin/leads/${lead.id}`} enctype="multipart/form-data">
        <input type="hidden" name="seen" value={seen} autocomplete="off" />
        {refused && <ErrorSummary title={refusal} issues={issues} />}
        <TextField {...text('name')} label="Name" type="text" maxlength={200} />
        <div class="pair">
          <TextField {...text('firstName')} label="First name" type="text" maxlength={100} />
          <TextField {...text('lastName')} label="Last name" type="text" maxlength={100} />
        </div>
        {/* Browsers refuse addresses with an umlaut in a field of the type email, and we do not. */}
        <TextField {...text('email')} label="E-mail" type="text" inputmode="email" maxlength={320} />
        <TextField {...text('phone')} label="Phone" type="tel" maxlength={50} />
        <TextField {...text('company')} label="Company" type="text" maxlength={200} />
        <SelectField name="stage" label="Stage" issues={issues}>
          {!stageNames(pipelines).has(typed.stage) && (
            <option value={typed.stage} selected>
              {typed.stage}
            </option>
          )}
          {pipelines.map((pipeline) => (
            <optgroup label={pipeline.name}>
              {pipeline.stages.map(({ key, name, kind }) => (
                <option value={key} class={kind} selected={key === typed.stage}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </SelectField>
        <div class="only-lost">
          <TextField
            {...text('lostReason')}
            label="Lost because"
            type="text"
            maxlength={500}
            hint="Kept with a lost stage only."
          />
        </div>
        <SelectField name="ownerId" label="Owner" issues={issues}>
          <option value="">Nobody</option>
          {typed.ownerId && !owners.has(typed.ownerId) && (
            <option value={typed.ownerId} selected>
              {ownerName(typed.ownerId, owners)}
            </option>
          )}
          {members.map(({ id, name, email }) => (
            <option value={id} selected={id === typed.ownerId}>
              {name ? `${name} (${email})` : email}
            </option>
          ))}
        </SelectField>
        <FieldControls {...{ fields, typed, issues }} />
        <div class="actions">
          <button class="button primary" type="submit">
            Save
          </button>
          <a class="button" href={`/admin/leads/${lead.id}`}>
            Cancel
          </a>
        </div>
      </form>
    </details>
  )
}
