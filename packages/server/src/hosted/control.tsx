import type { Field } from '@leadnest/core'

interface ControlProps {
  field: Field
  value: string
  problem: string | undefined
}

/** Ids of the page's own parts cannot begin so. */
export const idOf = (name: string) => `field-${name}`

/** One question: label, control, help and what is wrong with the answer, tied together for screen readers. */
export function Control({ field, value, problem }: ControlProps) {
  const { name, type, label, required, placeholder, help, options = [] } = field
  const id = idOf(name)
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ')
  const common = {
    id,
    name,
    required,
    autocomplete: field.autocomplete ?? (type === 'email' || type === 'tel' ? type : undefined),
    'aria-invalid': problem ? ('true' as const) : undefined,
    'aria-describedby': described || undefined,
  }
  return (
    <div class={`field ${type}`}>
      <label for={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {type === 'textarea' ? (
        <textarea {...common} rows={4} placeholder={placeholder}>
          {value}
        </textarea>
      ) : type === 'select' ? (
        <select {...common}>
          <option value="">{placeholder ?? '–'}</option>
          {options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : type === 'checkbox' ? (
        <input {...common} type="checkbox" value="true" checked={value === 'true' || value === 'on'} />
      ) : (
        <input {...common} type={type.startsWith('plugin:') ? 'text' : type} value={value} placeholder={placeholder} />
      )}
      {help && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}
