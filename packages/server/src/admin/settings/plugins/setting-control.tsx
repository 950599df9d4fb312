import type { Issue, Setting } from '@leadnest/core'
import { SelectField, TextArea, TextField } from '../../fields.tsx'

interface SettingControlProps {
  setting: Setting
  /** What was typed, where it was refused. */
  typed: string | undefined
  issues: Issue[]
}

/** A control for one setting of a plugin. A secret that is set shows nothing, and stays when nothing is typed. */
export function SettingControl({ setting, typed, issues }: SettingControlProps) {
  const { key: name, title: label, description, type, options, required, secret, isSet, environment, value } = setting
  const kept = secret && isSet ? 'It is set. Leave this empty to keep it.' : ''
  const taken = environment && `It is taken from ${environment} while nothing is filled in.`
  const hint = [description, taken ?? kept].filter(Boolean).join(' ')
  const said = { name, label, issues, ...(hint && { hint }) }
  const text = typed ?? asText(value)
  switch (type) {
    case 'boolean':
    case 'choice': {
      const all = type === 'boolean' ? ['true', 'false'] : options
      return (
        <SelectField {...said}>
          {(!required || text === '') && <option value="">Not set</option>}
          {all.map((option) => (
            <option value={option} selected={option === text}>
              {type === 'boolean' ? (option === 'true' ? 'Yes' : 'No') : option}
            </option>
          ))}
        </SelectField>
      )
    }
    case 'long_text':
    case 'lines':
      return <TextArea {...said} value={text} rows={4} />
    default:
      return (
        <TextField
          {...said}
          type={secret ? 'password' : 'text'}
          {...(type === 'number' && { inputmode: 'decimal' })}
          autocomplete={secret ? 'new-password' : 'off'}
          value={secret ? '' : text}
          required={required && !(secret && isSet)}
        />
      )
  }
}

const asText = (value: Setting['value']) => (Array.isArray(value) ? value.join('\n') : String(value ?? ''))

/** What a form's text means for a setting; undefined is a secret that stays as it was. */
export function settingOf(
  { type, secret }: Pick<Setting, 'type' | 'secret'>,
  text: string,
): Setting['value'] | undefined {
  if (secret && text === '') return undefined
  if (type === 'lines') return lines(text)
  if (text === '') return null
  // What is no number is left as it was typed: the plugin's schema says what it wants.
  if (type === 'number') return Number.isNaN(Number(text)) ? text : Number(text)
  // A checkbox says “on”.
  return type === 'boolean' ? text === 'true' || text === 'on' : text
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
