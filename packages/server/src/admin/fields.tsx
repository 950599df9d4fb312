import type { Issue } from '@leadnest/core'
import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { checkText } from '../http/body.ts'
import { Icon } from './icon.tsx'

/** One value of a posted form as text; files and repeats count as nothing. Throws `invalid_input` for what is no text. */
export async function formText(c: Context, name: string): Promise<string> {
  const [value = '', ...more] = await formTexts(c, name)
  return more.length > 0 ? '' : value
}

/** All values of that name in a posted form, in their order. Throws `invalid_input` for what is no text. */
export async function formTexts(c: Context, name: string): Promise<string[]> {
  // Hono keeps what was parsed first, so it is always asked for all.
  const value = (await c.req.parseBody({ all: true }))[name]
  const texts = [value].flat().filter((part) => typeof part === 'string')
  checkText({ [name]: texts.join(' ') })
  return texts
}

/** What is wrong, on top of a form, with a link to each field. An issue without a path belongs to the form as a whole. */
export function ErrorSummary({ title, issues }: { title: string; issues: Issue[] }) {
  return (
    <div class="errors" role="alert" tabindex={-1} id="errors">
      <p>
        <Icon name="alert" /> <strong>{title}</strong>
      </p>
      {issues.some(({ path, message }) => path || message !== title) && (
        <ul>
          {issues.map(({ path, message }) => (
            <li>{path ? <a href={`#${path}`}>{message}</a> : message}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface TextFieldProps {
  name: string
  label: string
  type: 'text' | 'email' | 'password' | 'tel' | 'date' | 'datetime-local'
  autocomplete: string
  value?: string
  hint?: string
  required?: boolean
  autofocus?: boolean
  maxlength?: number
  inputmode?: 'email' | 'numeric' | 'decimal' | 'numeric' | 'url'
  issues: Issue[]
}

export function TextField({ name, label, hint, issues, ...input }: TextFieldProps) {
  const message = issues.find(({ path }) => path === name)?.message
  const described = [message && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="muted small" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <input
        id={name}
        name={name}
        {...input}
        aria-invalid={message ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {message && (
        <p class="field-error" id={`${name}-error`}>
          {message}
        </p>
      )}
    </div>
  )
}

interface SelectFieldProps {
  name: string
  label: string
  hint?: string
  issues: Issue[]
}

/** `children` are its options. */
export function SelectField({ name, label, hint, issues, children }: PropsWithChildren<SelectFieldProps>) {
  const message = issues.find(({ path }) => path === name)?.message
  const described = [message && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="muted small" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <select
        id={name}
        name={name}
        autocomplete="off"
        aria-invalid={message ? 'true' : undefined}
        aria-describedby={described || undefined}
      >
        {children}
      </select>
      {message && (
        <p class="field-error" id={`${name}-error`}>
          {message}
        </p>
      )}
    </div>
  )
}

interface TextAreaProps {
  name: string
  label: string
  value: string
  rows: number
  hint?: string
  maxlength?: number
  issues: Issue[]
}

export function TextArea({ name, label, value, hint, issues, ...area }: TextAreaProps) {
  const message = issues.find(({ path }) => path === name)?.message
  const described = [message && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="muted small" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <textarea
        id={name}
        name={name}
        {...area}
        aria-invalid={message ? 'true' : undefined}
        aria-describedby={described || undefined}
      >
        {value}
      </textarea>
      {message && (
        <p class="field-error" id={`${name}-error`}>
          {message}
        </p>
      )}
    </div>
  )
}
