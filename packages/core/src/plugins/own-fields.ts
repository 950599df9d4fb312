import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { Field, OwnFieldType } from '../forms/form.ts'
import { parse } from '../parse.ts'
import type { Plugin } from './define-plugin.ts'
import type { FormField } from './form-field.ts'

/** A field type of a plugin, and whose it is. */
export interface FoundField {
  plugin: Plugin
  name: string
  type: FormField
}

export const isOwnType = (type: string): type is OwnFieldType => type.startsWith('plugin:')

/** Undefined where the installation does not have it. */
export function fieldTypeOf(core: Pick<Core, 'plugins'>, type: string): FoundField | undefined {
  const [id, name = ''] = type.replace('plugin:', '').split('/')
  const plugin = core.plugins.find((plugin) => plugin.id === id)
  return plugin && Object.hasOwn(plugin.fields ?? {}, name) ? { plugin, name, type: plugin.fields![name]! } : undefined
}

/** Throws `invalid_input` for a type that no plugin brings, and for settings that it does not take. */
export function checkFieldTypes(core: Core, fields: Field[] = []): void {
  const issues = fields.flatMap((field, i) => {
    if (!isOwnType(field.type))
      return field.settings ? [{ path: `fields.${i}.settings`, message: 'Only fields of plugins have settings.' }] : []
    const found = fieldTypeOf(core, field.type)
    if (!found) return [{ path: `fields.${i}.type`, message: 'No plugin here brings this type of field.' }]
    try {
      parse(v.object({ settings: found.type.settings ?? v.strictObject({}) }), { settings: field.settings ?? {} })
      return []
    } catch (error) {
      if (!(error instanceof LeadNestError)) throw error
      return error.issues.map(({ path, message }) => ({ path: `fields.${i}.${path}`, message }))
    }
  })
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
}

export interface FieldScript {
  /** Below the server's address, as in `/plugins/acme/fields/rating.1a2b3c4d5e6f.js`; other text has another. */
  path: string
  text: string
  integrity: string
}

const scripts = new WeakMap<FormField, FieldScript>()

/** Read once. Throws an Error where there is no such file. */
export function scriptOf({ plugin, name, type }: FoundField): FieldScript {
  const known = scripts.get(type)
  if (known) return known
  const text = type.script instanceof URL ? readFileSync(type.script, 'utf8') : type.script
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const integrity = `sha384-${createHash('sha384').update(text).digest('base64')}`
  const script = { path: `/plugins/${plugin.id}/fields/${name}.${hash}.js`, text, integrity }
  scripts.set(type, script)
  return script
}

/** Every script that forms of this installation may ask for. */
export const fieldScripts = (plugins: Plugin[]): FieldScript[] =>
  plugins.flatMap((plugin) =>
    Object.entries(plugin.fields ?? {}).map(([name, type]) => scriptOf({ plugin, name, type })),
  )
