import type { Plugin } from './define-plugin.ts'
import { fieldsOf } from './setting.ts'

/** What a plugin consists of: by each of its keys the names of what is there, as in `{ jobs: ['remind'] }`. */
export type Parts = Record<string, string[]>

/** Words that say which plugin it is, and not what it does. */
const labels = new Set(['id', 'name', 'version', 'leadnest'])

export function partsOf(plugin: Plugin): Parts {
  const parts: Parts = { hooks: [] }
  for (const [key, part] of Object.entries(plugin)) {
    if (labels.has(key) || part === undefined || part === null) continue
    if (key === 'settings') parts.settings = fieldsOf(plugin.id, plugin.settings!).map(settingName)
    else if (key === 'jobs')
      parts.jobs = Object.entries(plugin.jobs!).map(([name, { cron }]) => (cron ? `${name} (${cron})` : name))
    else if (typeof part === 'function') parts.hooks!.push(key)
    else if (Array.isArray(part)) parts[key] = part.map(nameOf)
    else if (typeof part === 'object') parts[key] = Object.keys(part)
  }
  return parts
}

const settingName = ({ key, required, secret }: { key: string; required: boolean; secret: boolean }) => {
  const marks = [...(required ? ['required'] : []), ...(secret ? ['secret'] : [])]
  return marks.length > 0 ? `${key} (${marks.join(', ')})` : key
}

function nameOf(part: unknown): string {
  if (typeof part !== 'object' || part === null) return String(part)
  const { id, key, name, type, title } = part as Record<string, unknown>
  return String(id ?? key ?? name ?? type ?? title ?? 'one without a name')
}

/** What one has and the other has not, by key. */
export function missingIn(some: Parts, others: Parts): Parts {
  const differences = Object.entries(some).map(([key, names]) => [
    key,
    names.filter((name) => !others[key]?.includes(name)),
  ])
  return Object.fromEntries(differences.filter(([, names]) => names!.length > 0))
}
