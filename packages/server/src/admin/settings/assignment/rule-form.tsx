import type { AssignmentRule, Issue, Member } from '@leadnest/core'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { memberNames, ownerName } from '../../leads/owner.ts'
import { Enabled, filterHint } from '../rule-fields.tsx'

export interface TypedRule {
  name: string
  filter: string
  strategy: string
  memberIds: string[]
  enabled: boolean
}

export const strategies: Record<AssignmentRule['strategy'], string> = {
  round_robin: 'In turn',
  least_busy: 'Who has the fewest open leads',
  fixed: 'The first who is there',
}

export const noRule: TypedRule = { name: '', filter: '', strategy: 'round_robin', memberIds: [], enabled: true }

export const asTyped = ({ name, filter, strategy, memberIds, enabled }: AssignmentRule): TypedRule => ({
  name,
  filter,
  strategy,
  memberIds,
  enabled,
})

interface RuleFormProps {
  action: string
  submit: string
  typed: TypedRule
  members: Member[]
  issues: Issue[]
}

export function RuleForm({ action, submit, typed, members, issues }: RuleFormProps) {
  const text = (name: 'name' | 'filter') => ({ name, value: typed[name], issues, autocomplete: 'off' })
  const wrong = issues.find(({ path }) => path === 'memberIds')?.message
  // Those that are chosen stand in their order, because that is the order in which they are asked.
  const names = memberNames(members)
  const inOrder = [...new Set([...typed.memberIds, ...names.keys()])]
  return (
    <form method="post" action={action}>
      {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
      <TextField {...text('name')} label="Name" type="text" required maxlength={100} />
      <TextField {...text('filter')} label="Which leads" type="text" hint={`${filterHint} Empty takes all.`} />
      <SelectField name="strategy" label="Who gets them" issues={issues}>
        {Object.entries(strategies).map(([strategy, name]) => (
          <option value={strategy} selected={strategy === typed.strategy}>
            {name}
          </option>
        ))}
      </SelectField>
      <fieldset id="memberIds" tabindex={-1} aria-describedby={wrong && 'memberIds-error'}>
        <legend>Members</legend>
        {inOrder.map((id) => (
          <label class="choice">
            <input type="checkbox" name="memberIds" value={id} checked={typed.memberIds.includes(id)} />{' '}
            {ownerName(id, names)}
          </label>
        ))}
        {wrong && (
          <p class="field-error" id="memberIds-error">
            {wrong}
          </p>
        )}
      </fieldset>
      <Enabled enabled={typed.enabled} />
      <button class="button" type="submit">
        {submit}
      </button>
    </form>
  )
}
