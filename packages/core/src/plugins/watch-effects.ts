import type { PluginContext } from './plugin-context.ts'

/** Something that a plugin did by its powers: `leads.note`, and what it was called with. */
export interface Effect {
  what: string
  with: unknown[]
}

type Kind = 'look' | 'effect'

/** Each power by its place: a new one does not compile until it is said here what it is. */
type KindsOf<T> = {
  [Key in keyof T as T[Key] extends object ? Key : never]: T[Key] extends (...given: never[]) => unknown
    ? Kind
    : KindsOf<T[Key]>
}
type Kinds = KindsOf<Omit<PluginContext, 'settings' | 'given' | 'fetch' | 'channel'>>

const kinds: Kinds = {
  leads: {
    get: 'look',
    many: 'look',
    checkFilter: 'look',
    list: 'look',
    segments: 'look',
    fields: 'look',
    create: 'effect',
    update: 'effect',
    tag: 'effect',
    note: 'effect',
    track: 'effect',
  },
  events: { many: 'look', list: 'look' },
  imports: {
    store: 'effect',
    checkMapping: 'look',
    consentChannels: 'look',
    preview: 'look',
    begin: 'effect',
    list: 'look',
    get: 'look',
    pause: 'effect',
    resume: 'effect',
    cancel: 'effect',
    undo: 'effect',
    rejects: 'look',
  },
  exports: {
    columns: 'look',
    begin: 'effect',
    list: 'look',
    get: 'look',
    open: 'look',
    schedules: { list: 'look', create: 'effect', delete: 'effect' },
  },
  forms: { get: 'look', list: 'look' },
  submissions: { create: 'effect', check: 'look' },
  members: { list: 'look' },
  messages: { send: 'effect', cancel: 'effect', get: 'look', list: 'look', templates: 'look' },
  jobs: { add: 'effect' },
  // A statement that only reads is a look too.
  db: { query: 'effect', transaction: 'effect' },
  secrets: { seal: 'look', open: 'look', isNewest: 'look' },
  page: 'look',
  refresh: 'effect',
  now: 'look',
  log: { info: 'look', warn: 'look' },
}

/** These are powers and have powers. What a channel gives acts. */
const besides = new Set(['channel', 'fetch.check'])

function isLook(path: string): boolean {
  const kind = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], kinds)
  return kind === 'look' || besides.has(path)
}

/** The same powers, which tell of every call that is more than a look. Of statements for tables those that only read are looks. */
export function watchEffects<T extends object>(powers: T, tell: (effect: Effect) => void, path = ''): T {
  return new Proxy(powers, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof key === 'symbol' || value === null || !['object', 'function'].includes(typeof value)) return value
      // What was set is data, and no power.
      if (path === '' && (key === 'settings' || key === 'given')) return value
      return watchEffects(value as object, tell, path ? `${path}.${key}` : key)
    },
    apply(target, self, given: unknown[]) {
      const called = { what: path, with: given.map(presentable) }
      if (!isLook(path) && !isRead(path, called.with[0])) tell(called)
      const result = Reflect.apply(target as unknown as (...given: unknown[]) => unknown, self, given)
      // It gives powers too.
      return path === 'channel' ? watchEffects(result as object, tell, path) : result
    },
  })
}

/** A `with` may hold what writes, so a word of that kind anywhere makes a statement an effect: rather one too many. */
const isRead = (path: string, statement: unknown) =>
  path === 'db.query' &&
  /^\s*(select|with)\b/i.test(String(statement)) &&
  !/\b(insert|update|delete|merge|into)\b/i.test(String(statement))

function presentable(given: unknown): unknown {
  if (typeof given === 'function') return 'a function'
  if (given instanceof URL || given instanceof Date) return given.toJSON()
  return typeof given === 'object' && given !== null && 'text' in given && 'values' in given ? given.text : given
}
