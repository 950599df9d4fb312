import {
  fieldsOf,
  type Html,
  type Issue,
  LeadNestError,
  madeHtml,
  type PageCall,
  type Plugin,
  parse,
} from '@leadnest/core'
import type { Context } from 'hono'
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { checkText } from '../../http/body.ts'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { SettingControl, settingOf } from '../settings/plugins/setting-control.tsx'
import { Time } from '../time.tsx'
import { pagesOf } from './paths.ts'

export type Typed = Record<string, string>

/** What was posted, by name; repeats are lines, and files nothing. Throws `invalid_input` for what is no text. */
export async function typedIn(c: Context<SignedInEnv>): Promise<Typed> {
  const posted = Object.entries(await c.req.parseBody({ all: true })).map(
    ([name, value]) =>
      [
        name,
        [value]
          .flat()
          .filter((part) => typeof part === 'string')
          .join('\n'),
      ] as const,
  )
  const typed = Object.fromEntries(posted)
  checkText(typed)
  return typed
}

interface CallOptions {
  params: Record<string, string>
  typed?: Typed
  issues?: Issue[]
  /** Where the page that is drawn can be asked for. */
  address: string
}

/** What a plugin is told of a request to one of its pages; `isLive` says whether it drew a part that is read again. */
export function callOf(
  c: Context<SignedInEnv>,
  plugin: Plugin,
  { params, typed = {}, issues = [], address }: CallOptions,
) {
  const query = c.req.query()
  checkText(query)
  let live = false
  const call: Omit<PageCall, 'signal'> = {
    params,
    query: Object.fromEntries(Object.entries(query).filter(([name]) => name !== 'notice')),
    principal: c.var.session,
    by: by(c),
    at: pagesOf(plugin),
    issues,
    typed,
    read: (schema) => read(plugin, schema, typed),
    controls: (schema, values = {}) => controls(plugin, schema, values as Record<string, unknown>, typed, issues),
    live(id, part, on = 'plugin') {
      if (!/^[a-z][\w-]*$/i.test(id))
        throw new Error(`“${id}” cannot be the id of a part. Use letters, digits and hyphens.`)
      live = true
      return html(
        <div
          id={id}
          class="stack"
          hx-get={address}
          hx-trigger={`${on} from:#live, every 60s`}
          hx-swap="outerMorph"
          hx-select={`#${id}`}
          hx-sync="this:queue last"
        >
          {raw(String(part))}
        </div>,
      )
    },
    time: (at) => html(<Time at={new Date(at).toISOString()} />),
  }
  return { call, isLive: () => live }
}

const html = (drawn: Child): Html => madeHtml(String(drawn))

function read<Schema extends v.GenericSchema>(plugin: Plugin, schema: Schema, typed: Typed): v.InferOutput<Schema> {
  const { entries } = schema as unknown as { entries: Record<string, v.GenericSchema> }
  const values = fieldsOf(plugin.id, schema).map(
    (field) => [field.key, settingOf(field, typed[field.key] ?? '')] as const,
  )
  // Nothing is null where the schema has that, and else not there, as settings that are not set.
  const given = values.filter(([key, value]) => value !== undefined && (value !== null || v.is(entries[key]!, null)))
  try {
    return parse(schema, Object.fromEntries(given))
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    const issues = error.issues.map(({ path, message }) => ({ path: path.replace(/\.\d+$/, ''), message }))
    throw new LeadNestError(error.code, error.message, { issues })
  }
}

function controls(
  plugin: Plugin,
  schema: v.GenericSchema,
  values: Record<string, unknown>,
  typed: Typed,
  issues: Issue[],
): Html {
  const drawn = fieldsOf(plugin.id, schema).map(({ fallback, ...field }) => {
    const { key, secret } = field
    const isSet = values[key] !== undefined && values[key] !== null
    const value = secret ? null : ((isSet ? values[key] : fallback) as typeof fallback)
    return (
      <SettingControl
        setting={{ ...field, isSet, value }}
        typed={issues.length > 0 ? typed[key] : undefined}
        issues={issues}
      />
    )
  })
  return madeHtml(drawn.map(String).join(''))
}
