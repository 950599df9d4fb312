import type { LeadField } from '@leadnest/core'
import { keyFor } from '../pipelines/typed.ts'

export const typeNames: Record<LeadField['type'], string> = {
  text: 'Short text',
  long_text: 'Long text',
  number: 'Number',
  date: 'Date',
  boolean: 'Yes or no',
  select: 'One of several',
  multi_select: 'Some of several',
  email: 'E-mail',
  phone: 'Phone',
  url: 'Web address',
  json: 'JSON',
}

export const hasOptions = (type: string) => type === 'select' || type === 'multi_select'

/** An option on a line: its label, or `value = label` where what is stored is called otherwise. */
export function optionLines(options: LeadField['options']): string {
  return options.map(({ value, label }) => (value === label ? value : `${value} = ${label}`)).join('\n')
}

export function readOptions(text: string): LeadField['options'] {
  const lines = text.split('\n').filter((line) => line.trim())
  return lines.map((line) => {
    const [value = '', ...label] = line.split(' = ')
    return { value: value.trim(), label: (label.join(' = ') || value).trim() }
  })
}

/** A key made of the label; what every lead has already is taken. */
export function freeKey(label: string, fields: LeadField[]): string {
  const columns = ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId']
  return keyFor(label, new Set([...columns, ...fields.map(({ key }) => key)]), 'field')
}
