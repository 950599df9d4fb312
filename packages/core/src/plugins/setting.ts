import * as v from 'valibot'

export const SettingType = v.picklist(['text', 'long_text', 'number', 'boolean', 'choice', 'lines'])

/** One thing that a plugin asks an admin. `value` is null for a secret, however `isSet`. */
export const Setting = v.object({
  key: v.string(),
  title: v.string(),
  description: v.nullable(v.string()),
  type: SettingType,
  /** Of a choice. */
  options: v.array(v.string()),
  required: v.boolean(),
  secret: v.boolean(),
  isSet: v.boolean(),
  /** The variable of the environment that it is taken from, as long as nobody fills it in. */
  environment: v.nullable(v.string()),
  value: v.nullable(v.union([v.string(), v.number(), v.boolean(), v.array(v.string())])),
})

export type SettingValue = v.InferOutput<typeof Setting>['value']
export type Setting = v.InferOutput<typeof Setting>
export type SettingField = Omit<Setting, 'isSet' | 'value' | 'environment'> & {
  fallback: SettingValue
  env: string | null
}

interface Schema {
  type: string
  entries?: Record<string, Schema>
  wrapped?: Schema
  item?: Schema
  options?: unknown[]
  default?: unknown
}

/** What a plugin's schema asks, in its order. Throws an Error that names what the admin could not draw. */
export function fieldsOf(pluginId: string, schema: v.GenericSchema): SettingField[] {
  const { entries } = schema as unknown as Schema
  if (!entries) throw new Error(`The settings of the plugin ${pluginId} must be a v.object.`)
  return Object.entries(entries).map(([key, entry]) => fieldOf(pluginId, key, entry))
}

function fieldOf(pluginId: string, key: string, entry: Schema): SettingField {
  let inner = entry
  while (inner.wrapped) inner = inner.wrapped
  const said = [entry, inner] as unknown as v.GenericSchema[]
  const {
    secret = false,
    multiline = false,
    env = null,
  } = Object.assign({}, ...said.map((schema) => v.getMetadata(schema))) as {
    secret?: boolean
    multiline?: boolean
    env?: string
  }
  const type = typeOf(inner, multiline)
  if (!type)
    throw new Error(
      `The setting ${key} of the plugin ${pluginId} is of a kind that the admin cannot draw. Use a string, number, boolean, picklist or an array of strings.`,
    )
  const fallback: unknown = v.getDefault(entry as unknown as v.GenericSchema)
  return {
    key,
    title: said.map((schema) => v.getTitle(schema)).find(Boolean) ?? key,
    description: said.map((schema) => v.getDescription(schema)).find(Boolean) ?? null,
    type,
    options: type === 'choice' ? inner.options!.map(String) : [],
    required: inner === entry,
    secret,
    env,
    fallback: v.is(Setting.entries.value, fallback) ? fallback : null,
  }
}

function typeOf({ type, item }: Schema, multiline: boolean): SettingField['type'] | undefined {
  if (type === 'string') return multiline ? 'long_text' : 'text'
  if (type === 'number' || type === 'boolean') return type
  if (type === 'picklist') return 'choice'
  return type === 'array' && item?.type === 'string' ? 'lines' : undefined
}
