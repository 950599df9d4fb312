import type { Lead, LeadField, LeadPatch, Pipeline } from '@leadnest/core'
import type { Context } from 'hono'
import { ErrorSummary, formText, SelectField, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { FieldControls, fieldsAsTyped, fieldsPatchOf, readTypedFields } from './lead-fields.tsx'
import { type Member, memberNames, ownerName } from './owner.ts'
import { type Refused, refusal } from './refused.ts'
import { type StageNames, stageNames } from './stage.tsx'

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

/** What a form says; what it leaves out stays as it is. */
export async function readTyped(c: Context, lead: Lead, fields: LeadField[]): Promise<Typed> {
  const sent = await c.req.parseBody({ all: true })
  const typed = asTyped(lead, fields)
  for (const name of names) if (name in sent) typed[name] = await formText(c, name)
  return { ...typed, ...(await readTypedFields(c, fields, sent)) }
}

/**
 * Only what differs: a name that is made of its parts must not be stored by an edit of something else, and a reason
 * belongs to a lost stage only.
 */
export function patchOf(
  lead: Lead,
  typed: Typed,
  stages: StageNames,
  fields: LeadField[],
): Partial<Record<Name, string | null>> & { fields?: object } {
  const before = asTyped(lead, [])
  const differing = names.filter((name) => inOneLine(typed[name]) !== inOneLine(before[name]))
  const isLost = stages.get(typed.stage)?.kind === 'lost'
  const own = fieldsPatchOf(fields, lead, typed)
  const columns = Object.fromEntries(
    differing
      .filter((name) => name !== 'lostReason' || isLost)
      .map((name) => [name, typed[name].trim() || (name === 'stage' ? '' : null)]),
  )
  return { ...columns, ...(Object.keys(own).length > 0 && { fields: own }) }
}

/** As a text field holds it, which knows no line breaks. */
const inOneLine = (text: string) => text.replace(/[\r\n]/g, '').trim()

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
  return (
    <details class="edit" open={refused !== undefined}>
      <summary class="button">
        <Icon name="pencil" /> Edit
      </summary>
      <form method="post" action={`/admin/leads/${lead.id}`}>
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
