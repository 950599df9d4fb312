import type { PublishedForm } from '@leadnest/sdk'

interface Props {
  field: PublishedForm['fields'][number]
  value?: string
  /** Of the label, where it is not the form's. */
  lang?: string
  problem?: string
}

/** One question: label, control, help and what is wrong with the answer, tied together for screen readers. */
export function Control({ field, value, lang, problem }: Props) {
  const { name, type, label, required, placeholder, help, options } = field
  const own = field.element
  const described = [help && `${name}-help`, problem && `${name}-problem`].filter(Boolean).join(' ')
  const common = {
    id: name,
    name,
    required,
    autocomplete: field.autocomplete ?? (type === 'email' || type === 'tel' ? type : undefined),
    'aria-invalid': Boolean(problem),
    'aria-describedby': described || undefined,
  }
  /** A plugin's element is told of its field before it is put in, and then only what is wrong: what was filled in is its own. */
  const place = (host: HTMLElement | null) => {
    if (!host) return
    const element = host.firstElementChild ?? document.createElement(own!)
    for (const [key, value] of Object.entries({ ...common, required: undefined }))
      value === undefined ? element.removeAttribute(key) : element.setAttribute(key, String(value))
    if (element.parentNode) return
    Object.assign(element, { label, required, options: field.settings ?? {}, value: value ?? '' })
    host.append(element)
  }
  const control =
    type === 'textarea' ? (
      <textarea {...common} rows={4} placeholder={placeholder} defaultValue={value} />
    ) : type === 'select' ? (
      <select {...common}>
        <option value="">{placeholder ?? '–'}</option>
        {options?.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    ) : type === 'checkbox' ? (
      <input {...common} type={type} defaultChecked={value !== undefined && value !== 'false'} />
    ) : own && customElements.get(own) ? (
      <span ref={place} />
    ) : (
      <input {...common} type={type as 'text'} placeholder={placeholder} defaultValue={value} />
    )

  return (
    <div class={`field ${type}`}>
      <label for={name} lang={lang}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {control}
      {help && (
        <p class="help" id={`${name}-help`}>
          {help}
        </p>
      )}
      {problem && (
        <p class="problem" id={`${name}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}
