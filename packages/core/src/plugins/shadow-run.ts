import type { Core } from '../core.ts'
import type { Actor } from '../events/event.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Answers } from '../forms/check-fields.ts'
import { getForm } from '../forms/find-form.ts'
import type { Form } from '../forms/form.ts'
import type { Outbound, OutboundInit } from '../outbound/outbound.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { createRecent } from '../recent.ts'
import type { Hooked, Submission } from '../submissions/submission.ts'
import { askPlugin, patience } from './before-capture.ts'
import type { Plugin } from './define-plugin.ts'
import { powersOf } from './powers.ts'
import { within } from './run-plugin.ts'
import { readState, settingsIn } from './states.ts'
import { type Effect, watchEffects } from './watch-effects.ts'

export interface ShadowOptions {
  /** How many submissions, the newest first: 200 unless told. */
  last?: number
  /** Answers `context.fetch`, as a fake provider does. Without it a call throws, for a shadow run sends nothing. */
  fetch?: Outbound
}

/** What a version of a plugin makes of a submission. */
export interface ShadowOutcome {
  /** Fields that it changed, with what it made of them. */
  fields: Answers
  held: string | null
  /** Of a version that is tried: those that it refuses never were stored. */
  rejected: string[]
  failed: string | null
}

export interface ShadowDifference {
  submissionId: string
  createdAt: string
  then: ShadowOutcome
  now: ShadowOutcome
}

export interface ShadowRun {
  plugin: string
  version: string | null
  seen: number
  differences: ShadowDifference[]
  /** What it would have done besides, by the submission. Nothing of it was done. */
  effects: (Effect & { submissionId: string })[]
  /** How long it took for one, in ms. */
  took: { median: number; slowest: number }
}

type Past = Pick<Submission, 'id' | 'formId' | 'fields' | 'attribution' | 'test' | 'hooked' | 'createdAt'> & {
  actor: Actor
}

/**
 * Shows the last submissions of a workspace to `beforeCapture` of a plugin, as another version of it would have seen them, and
 * compares with what was done then. Nothing is changed: each runs in a transaction that is taken back, and nothing is sent.
 * What visitors wrote in fields that were changed then was not kept, so it is shown those as they were stored.
 */
export async function shadowRun(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  { last = 200, fetch = refuse }: ShadowOptions = {},
): Promise<ShadowRun> {
  if (!plugin.beforeCapture) throw new Error(`The plugin ${plugin.id} has no beforeCapture to try.`)
  const [past, state] = await core.inWorkspace(workspaceId, async (tx) => [
    await tx.query<Past>(sql`
      select id, form_id, fields, attribution, test, actor, coalesce(hooked, '[]') as hooked, created_at from submissions
      where workspace_id = ${workspaceId} and erased_at is null order by id desc limit ${last}`),
    await readState({ ...core, plugins: [plugin] }, tx, workspaceId, plugin.id),
  ])
  const set = settingsIn(plugin, state)
  if (!set)
    throw new Error(
      `The settings of the plugin ${plugin.id} in this workspace do not fit this version. \`leadnest plugin plan\` says which.`,
    )

  const forms = new Map<string, Promise<Form>>()
  const run: ShadowRun = {
    plugin: plugin.id,
    version: plugin.version ?? null,
    seen: past.length,
    differences: [],
    effects: [],
    took: { median: 0, slowest: 0 },
  }
  const times: number[] = []
  for (const submission of past) {
    const { id, formId, createdAt } = submission
    if (!forms.has(formId)) forms.set(formId, getForm(core, workspaceId, formId))
    const form = await forms.get(formId)!
    const then = outcomeThen(plugin, submission)
    const begun = performance.now()
    const { now, effects } = await tryOne(core, workspaceId, plugin, {
      submission,
      form,
      then,
      settings: set.settings,
      fetch,
    })
    times.push(performance.now() - begun)
    run.effects.push(...effects.map((effect) => ({ ...effect, submissionId: id })))
    if (JSON.stringify(then) !== JSON.stringify(now)) run.differences.push({ submissionId: id, createdAt, then, now })
  }
  times.sort((a, b) => a - b)
  run.took = { median: times[Math.floor(times.length / 2)] ?? 0, slowest: times.at(-1) ?? 0 }
  return run
}

const refuse: Outbound = async (url) => {
  throw new Error(`A shadow run sends nothing, so ${new URL(url).host} was not asked.`)
}

/** Forms are written in batches of their own, which nobody could take back. */
const refuseForm = async () => {
  throw new Error('A shadow run sends no form.')
}

/** What an object store takes, no transaction takes back. */
const refuseFile = (): never => {
  throw new Error('A shadow run touches no file in an object store.')
}
const noObjects: ObjectStore = {
  write: async () => refuseFile(),
  read: refuseFile,
  remove: async () => refuseFile(),
  forgetUnfinished: async () => refuseFile(),
}

/** Thrown so that all that was written goes. */
class TakenBack extends Error {}

interface Trial {
  submission: Past
  form: Form
  then: ShadowOutcome
  settings: unknown
  fetch: Outbound
}

async function tryOne(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  { submission, form, then, settings, fetch }: Trial,
): Promise<{ now: ShadowOutcome; effects: Effect[] }> {
  const { attribution, test, actor } = submission
  // What is no field of the form was added by the plugin, so it had not been there.
  const asked = new Set(form.fields.map(({ name }) => name))
  const added = new Set(Object.keys(then.fields).filter((name) => !asked.has(name)))
  const fields = Object.fromEntries(Object.entries(submission.fields).filter(([name]) => !added.has(name)))
  const draft = { form, fields, attribution, test, trusted: actor.type === 'user' || actor.type === 'key' }
  let now: ShadowOutcome = { fields: {}, held: null, rejected: [], failed: null }
  let effects: Effect[] = []
  await core
    .inWorkspace(workspaceId, async (tx) => {
      effects = []
      await tx.query(sql`select set_config('lock_timeout', '1s', true)`)
      // A version that takes too long may go on after its transaction, whose connection is somebody else's by then.
      let over = false
      const own: Tx = {
        query: async (statement) => {
          if (over) throw new Error('The shadow run is over.')
          return tx.query(statement)
        },
      }
      // A function of our own: the one that was handed in is the caller's.
      const sending: Outbound = Object.assign(
        (url: string | URL, init?: OutboundInit) => fetch(url, init),
        core.outbound.check && { check: core.outbound.check },
      )
      const shadow: Core = {
        ...core,
        recent: createRecent(),
        captures: { add: refuseForm },
        outbound: sending,
        // Also to the origins that it names itself.
        ownOutbound: sending,
        objects: core.objects && noObjects,
        inWorkspace: (_id, work) => work(own),
        patiently: (_id, work) => work(own),
        asUser: (_id, work) => work(own),
        forSubmission: (_id, work) => work(own),
        outside: (work) => work(own),
      }
      const context = watchEffects(powersOf(shadow, workspaceId, plugin, settings), (effect) => effects.push(effect))
      now = await within(patience, plugin, () => askPlugin(plugin, draft, context)).then(
        ({ fields = {}, hold = null, reject = [] }) => ({
          fields: differing(fields, draft.fields, then.fields),
          held: hold,
          rejected: reject.map(({ path, message }) => `${path}: ${message}`),
          failed: null,
        }),
        (error: unknown) => ({ fields: {}, held: null, rejected: [], failed: messageOf(error) }),
      )
      over = true
      throw new TakenBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error
    })
  return { now: sorted(now), effects }
}

function outcomeThen({ id }: Plugin, { hooked, fields }: Pick<Past, 'hooked' | 'fields'>): ShadowOutcome {
  const own = hooked.filter(({ plugin }: Hooked) => plugin === id)
  const changed = own.flatMap(({ changed = [] }) => changed)
  return sorted({
    fields: Object.fromEntries(changed.map((name) => [name, fields[name] ?? null])),
    held: own.find(({ held }) => held)?.held ?? null,
    rejected: [],
    failed: own.find(({ failed }) => failed)?.failed ?? null,
  })
}

/** A field that a version gives as it was is none that it changed, unless it was changed to that then. */
const differing = (given: Answers, before: Answers, then: Answers): Answers =>
  Object.fromEntries(
    Object.entries(given).filter(([name, value]) => Object.hasOwn(then, name) || (before[name] ?? null) !== value),
  )

const sorted = ({ fields, ...outcome }: ShadowOutcome): ShadowOutcome => ({
  fields: Object.fromEntries(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))),
  ...outcome,
})

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 500)
