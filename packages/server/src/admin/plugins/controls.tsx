import { fieldsOf, type Html, type Issue, madeHtml, type SettingValue } from '@leadnest/core'
import * as v from 'valibot'
import { SettingControl, settingOf } from '../settings/plugins/setting-control.tsx'

/** What was posted, by name; lists are lines. */
export type Typed = Record<string, string>

interface Drawn {
  pluginId: string
  schema: v.GenericSchema
  values?: Record<string, unknown>
  /** Shown in place of the values where it was refused. */
  typed?: Typed
  issues?: Issue[]
  /** In front of each name, so that several forms of a page have names of their own. */
  prefix?: string
}

/** Labelled controls for what a plugin asks, as its settings have them. */
export function Controls({ pluginId, schema, values = {}, typed = {}, issues = [], prefix = '' }: Drawn) {
  return (
    <>
      {fieldsOf(pluginId, schema).map(({ fallback, ...field }) => {
        const { key, secret } = field
        const name = prefix + key
        const isSet = values[key] !== undefined && values[key] !== null
        const value = secret ? null : ((isSet ? values[key] : fallback) as SettingValue)
        return (
          <SettingControl
            setting={{ ...field, key: name, isSet, environment: null, value }}
            typed={issues.length > 0 ? typed[name] : undefined}
            issues={issues}
          />
        )
      })}
    </>
  )
}

export const drawnControls = (drawn: Drawn): Html => madeHtml(String(<Controls {...drawn} />))

/** What was typed into such controls, before the schema has checked it. Nothing typed is null where the schema has that, else not there. */
export function valuesIn({ pluginId, schema, typed = {}, prefix = '' }: Drawn): Record<string, SettingValue> {
  const { entries } = schema as unknown as { entries: Record<string, v.GenericSchema> }
  const values = fieldsOf(pluginId, schema).flatMap((field) => {
    const value = settingOf(field, typed[prefix + field.key] ?? '')
    const isThere = value !== undefined && (value !== null || v.is(entries[field.key]!, null))
    return isThere ? [[field.key, value] as const] : []
  })
  return Object.fromEntries(values)
}
