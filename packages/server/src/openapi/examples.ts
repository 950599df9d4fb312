/** A JSON Schema, as far as the contract's schemas use it. */
export interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  format?: string
  pattern?: string
  minimum?: number
  minItems?: number
  additionalProperties?: JsonSchema | boolean
}

const id = '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c10'
const time = '2026-11-24T09:00:00.000Z'

/** What stands under a name, wherever it stands. */
const known: Record<string, unknown> = {
  email: 'ada@example.com',
  phone: '+442079460958',
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  company: 'Engines Ltd',
  externalId: 'crm-1842',
  password: 'correct horse battery',
  country: 'GB',
  timeZone: 'Europe/London',
  filter: 'email is not empty',
  stage: 'new',
  color: '#2563eb',
  from: '09:00',
  to: '17:00',
  key: 'plan',
  slug: 'contact',
  nextCursor: null,
  blockedDomain: 'spam.example',
  body: 'Call back on **Tuesday**.',
  at: time,
  tags: ['newsletter'],
  add: ['newsletter'],
  remove: ['cold'],
}

/** For a text of a shape of its own. */
const texts = ['text', 'trial.started', 'GB', '09:00', '2026-11-24', '50']

/** An example that a schema takes: what is required, and what has a name that everybody knows. */
export function exampleOf(schema: JsonSchema, name = ''): unknown {
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  const given = known[name]
  if (given !== undefined && fits(given, schema)) return given
  if (/(^id|Id)$/.test(name) && fits(id, schema)) return id
  if (/(At|Until|From|To)$/.test(name) && fits(time, schema)) return time
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return exampleOf(choices.find(({ type }) => type !== 'null') ?? choices[0]!, name)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, name)))
  return ofType(schema, name)
}

function ofType(schema: JsonSchema, name: string): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key) || key in known)
          .map(([key, part]) => [key, exampleOf(part, key)]),
      )
    case 'array':
      return schema.prefixItems
        ? schema.prefixItems.map((part) => exampleOf(part))
        : Array.from({ length: schema.minItems || 1 }, () => exampleOf(schema.items ?? {}, name.replace(/s$/, '')))
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return false
    case 'null':
      return null
    case 'string':
      if (schema.format === 'uuid') return id
      return schema.default ?? texts.find((text) => fits(text, schema))
    default:
      return 'text'
  }
}

function fits(value: unknown, schema: JsonSchema): boolean {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  if (typeof value === 'string' && schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return false
  return schema.type === type || [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some((one) => fits(value, one))
}
