import type { Job } from '@leadnest/core'

const kinds: ReadonlyMap<string, string> = new Map([
  ['bulk_tag', 'Tag leads'],
  ['bulk_assign', 'Give leads an owner'],
  ['bulk_move', 'Move leads to a stage'],
  ['bulk_delete', 'Delete leads'],
  ['bulk_erase', 'Erase leads'],
  ['bulk_merge', 'Merge leads'],
  ['bulk_message', 'Write to leads'],
  ['bulk_plugin', 'Let a plugin work on leads'],
  ['undo', 'Take a change back'],
  ['import', 'Import leads'],
  ['import_dry_run', 'Try an import'],
  ['import_undo', 'Take an import back'],
  ['export', 'Export leads'],
])

/** What a job does; a kind from elsewhere, such as a plugin, is shown as it is. */
export const kindOf = ({ kind }: Pick<Job, 'kind'>): string => kinds.get(kind) ?? kind

export const statuses: Record<Job['status'], string> = {
  queued: 'Waiting to begin',
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

const results: ReadonlyMap<string, string> = new Map([
  ['changed', 'changed'],
  ['created', 'new'],
  ['updated', 'changed'],
  ['skipped', 'left as they are'],
  ['failed', 'refused'],
  ['warnings', 'without a cell that could not be read'],
  ['rows', 'written'],
  ['unchanged', 'so already'],
  ['restored', 'put back'],
  ['leftAlone', 'left alone, because somebody changed them since'],
])

const figures = new Intl.NumberFormat('en')

/** What a merge counts: the lead that stays is the one that did not change. */
const mergeResults: ReadonlyMap<string, string> = new Map([
  ['changed', 'merged'],
  ['unchanged', 'kept'],
  ['failed', 'could not be merged'],
])

const messageResults: ReadonlyMap<string, string> = new Map([
  ['changed', 'written to'],
  ['unchanged', 'passed over'],
])

const pluginResults: ReadonlyMap<string, string> = new Map([
  ['changed', 'done'],
  ['failed', 'could not be done'],
])

const resultsOf: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['bulk_merge', mergeResults],
  ['bulk_message', messageResults],
  ['bulk_plugin', pluginResults],
])

/** “1,200 changed, 3 so already”. */
export function resultOf({ kind, result }: Pick<Job, 'kind' | 'result'>): string {
  const words = resultsOf.get(kind) ?? results
  const counts = Object.entries(result ?? {}).flatMap(([what, count]) =>
    typeof count === 'number' && count > 0 && what !== 'matched'
      ? [`${figures.format(count)} ${words.get(what) ?? what}`]
      : [],
  )
  return counts.join(', ') || 'nothing changed'
}

export const numbered = (count: number) => figures.format(count)
