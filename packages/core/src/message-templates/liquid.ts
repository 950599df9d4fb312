import type { Liquid, Template } from 'liquidjs'
import { invalid } from '../errors.ts'
import type { Shape } from '../fields/shape.ts'

/** What a template may take or do, so that none holds a worker up: characters, ms and about as many bytes. */
const limits = { parseLimit: 100_000, renderLimit: 200, memoryLimit: 2_000_000 }
/** Tags that read files, or keep values from one message to the next. */
const refusedTags = ['include', 'render', 'layout', 'block', 'increment', 'decrement']

/** What stands for a person's own page in what is stored and shown: the real link proves an address, and is theirs alone. */
export const hiddenLink = (publicBaseUrl: string): string => `${publicBaseUrl}/p/…`

let loading: Promise<Liquid> | undefined

/** Loaded at the first template. */
async function load(): Promise<Liquid> {
  const { Liquid } = await import('liquidjs')
  const liquid = new Liquid({ ...limits, strictFilters: true, ownPropertyOnly: true })
  for (const tag of refusedTags) delete liquid.tags[tag]
  return liquid
}

/** What a template can name. */
const names = [
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'fields',
  'owner',
  'workspace',
  'preferences',
]
const parts: Record<string, string[]> = { owner: ['name', 'email'], workspace: ['name'] }

/** Throws `invalid_input` at `path` with the place: for what is no Liquid, and for a field that leads do not have. */
export async function checkTemplate(text: string, { fields }: Pick<Shape, 'fields'>, path: string): Promise<void> {
  const liquid = await (loading ??= load())
  const parsed = parseText(liquid, text, path)
  const { globals } = liquid.analyzeSync(parsed, { partials: false })
  const known: Record<string, string[]> = { ...parts, fields: [...fields.keys()] }
  for (const [root, uses] of Object.entries(globals))
    for (const { segments, location } of uses) {
      const at = `Line ${location.row}, column ${location.col}`
      if (!names.includes(root)) throw invalid(path, `${at}: there is no “${root}”. Use one of ${names.join(', ')}.`)
      const part = segments[1]
      if (typeof part === 'string' && known[root] && !known[root].includes(part))
        throw invalid(
          path,
          `${at}: there is no “${root}.${part}”.${known[root].length > 0 ? ` There are: ${known[root].join(', ')}.` : ''}`,
        )
    }
}

function parseText(liquid: Liquid, text: string, path: string): Template[] {
  try {
    return liquid.parse(text)
  } catch (error) {
    throw invalid(path, sayWhere(error))
  }
}

/** Liquid's own words end in the place. */
function sayWhere(error: unknown): string {
  const [, said, line, column] = /^(.*?), line:(\d+), col:(\d+)/s.exec((error as Error).message) ?? []
  return said ? `Line ${line}, column ${column}: ${said}.` : `This is no template: ${(error as Error).message}`
}

/** Throws `invalid_input` at `path` for what takes too long, or too much. */
export async function fillIn(text: string, values: object, path: string): Promise<string> {
  const liquid = await (loading ??= load())
  const parsed = parseText(liquid, text, path)
  try {
    return String(await liquid.render(parsed, values)).trim()
  } catch (error) {
    throw invalid(path, sayWhere(error))
  }
}
