import { type Html, type Issue, LeadNestError, madeHtml, type PageCall, type Plugin, parse } from '@leadnest/core'
import type { Context } from 'hono'
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type * as v from 'valibot'
import { checkText } from '../../http/body.ts'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { Time } from '../time.tsx'
import { drawnControls, type Typed, valuesIn } from './controls.tsx'
import { pagesOf } from './paths.ts'

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
    request: c.req.raw,
    issues,
    typed,
    read: (schema) => read(plugin, schema, typed),
    controls: (schema, values = {}) =>
      drawnControls({ pluginId: plugin.id, schema, values: values as Record<string, unknown>, typed, issues }),
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
  try {
    return parse(schema, valuesIn({ pluginId: plugin.id, schema, typed }))
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    const issues = error.issues.map(({ path, message }) => ({ path: path.replace(/\.\d+$/, ''), message }))
    throw new LeadNestError(error.code, error.message, { issues })
  }
}
