import { type Issue, LeadNestError, type Pipeline, PipelineInput, parse } from '@leadnest/core'
import type { Context } from 'hono'
import { formText, formTexts } from '../../fields.tsx'

export interface TypedStage {
  /** Empty until it is saved for the first time. */
  key: string
  name: string
  kind: string
  rotten: string
}

/** A pipeline as its form has it. */
export interface TypedPipeline {
  name: string
  stages: TypedStage[]
  added: TypedStage
}

export const kinds = [
  ['open', 'Open'],
  ['won', 'Won'],
  ['lost', 'Lost'],
] as const

export const noStage: TypedStage = { key: '', name: '', kind: 'open', rotten: '' }

export function asTyped({ name, stages }: Pipeline): TypedPipeline {
  const typed = stages.map(({ rottenAfterDays, ...stage }) => ({ ...stage, rotten: String(rottenAfterDays ?? '') }))
  return { name, stages: typed, added: noStage }
}

/** What was typed, before the button that was pressed does its step. */
export async function readTyped(c: Context): Promise<TypedPipeline> {
  const [keys, names, stageKinds, rotten] = await Promise.all(
    ['key', 'stageName', 'kind', 'rotten'].map((field) => formTexts(c, field)),
  )
  const stages = keys!.map((key, i) => ({
    key,
    name: names![i] ?? '',
    kind: stageKinds![i] ?? 'open',
    rotten: rotten![i] ?? '',
  }))
  const [addedName, addedKind, addedRotten] = await Promise.all(
    ['addedName', 'addedKind', 'addedRotten'].map((field) => formText(c, field)),
  )
  const added = { key: '', name: addedName!, kind: addedKind || 'open', rotten: addedRotten! }
  return { name: await formText(c, 'name'), stages, added }
}

/** A button's step, `up`, `down` or `remove` and the place it stands by, done. */
export function stepped(typed: TypedPipeline, pressed: string): TypedPipeline {
  const [step = '', at] = pressed.split(' ')
  return { ...typed, stages: moved(typed.stages, step, Number(at)) }
}

function moved(stages: TypedStage[], step: string, at: number): TypedStage[] {
  if (!stages[at]) return stages
  if (step === 'remove') return stages.toSpliced(at, 1)
  const to = step === 'up' ? at - 1 : step === 'down' ? at + 1 : at
  return stages[to] ? stages.toSpliced(at, 1).toSpliced(to, 0, stages[at]) : stages
}

/** Throws `invalid_input` with paths as the ids of the form have them. */
export function inputOf({ name, stages, added }: TypedPipeline, taken: ReadonlySet<string>): PipelineInput {
  const isAdded = added.name.trim() !== ''
  const all = isAdded ? [...stages, { ...added, key: keyFor(added.name, taken) }] : stages
  const pathOf = (i: number) => (isAdded && i === stages.length ? 'added' : `stages.${i}`)
  const issues: Issue[] = all.flatMap(({ rotten }, i) =>
    /^$|^[1-9]\d{0,3}$/.test(rotten.trim()) && Number(rotten) <= 3650
      ? []
      : [{ path: `${pathOf(i)}.rottenAfterDays`, message: 'Write whole days, from 1 to 3650, or nothing.' }],
  )
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'Some of this does not look right.', { issues })
  try {
    return parse(PipelineInput, {
      name,
      stages: all.map(({ key, name, kind, rotten }) => ({
        key,
        name,
        kind,
        rottenAfterDays: rotten.trim() ? Number(rotten) : null,
      })),
    })
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    const own = error.issues.map(({ path, message }) => ({
      path: path.replace(/^stages\.(\d+)/, (_, i: string) => pathOf(Number(i))),
      message,
    }))
    throw new LeadNestError(error.code, error.message, { issues: own })
  }
}

/** A key made of a name: leads, filters and the API know it by this, and it stays when the name changes. */
export function keyFor(name: string, taken: ReadonlySet<string>, otherwise = 'stage'): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)
  const key = plain || otherwise
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? key : `${key}_${i}`
    if (!taken.has(candidate)) return candidate
  }
}
