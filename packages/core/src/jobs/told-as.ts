import type { EventType } from '../events/event.ts'

const own: Record<string, Record<'started' | 'finished', EventType>> = {
  import: { started: 'import.started', finished: 'import.finished' },
  export: { started: 'export.started', finished: 'export.finished' },
  import_undo: { started: 'job.started', finished: 'import.undone' },
}

/** The event that tells of a job of this kind. */
export const toldAs = (kind: string, what: 'started' | 'finished'): EventType => own[kind]?.[what] ?? `job.${what}`
