import { Logger, runOnce, type TaskList } from 'graphile-worker'
import type pg from 'pg'
import { type Role, Scope, type User } from './accounts/account.ts'
import { createUser } from './accounts/users.ts'
import { firstWorkspace } from './accounts/workspaces.ts'
import { type Core, type CoreOptions, createCore } from './core.ts'
import { bySystem, type Event, type EventType } from './events/event.ts'
import type { LeadField } from './fields/field.ts'
import { createField } from './fields/fields.ts'
import { tasks } from './jobs/tasks.ts'
import { insertApiKey } from './keys/api-keys.ts'
import type { Log } from './log.ts'
import type { Outbound, OutboundInit } from './outbound/outbound.ts'
import type { Plugin } from './plugins/define-plugin.ts'
import { migratePlugins } from './plugins/migrate-plugins.ts'
import type { SettingValue } from './plugins/setting.ts'
import { updatePlugin } from './plugins/states.ts'
import { createPool } from './postgres/pool.ts'
import type { SubmissionInput } from './submissions/submission.ts'
import { type Captured, type CaptureOptions, capture, eventsOf } from './testing/capture.ts'
import { createClock, type TestClock } from './testing/clock.ts'
import { type TestDatabase, testDatabase } from './testing/database.ts'
import { createJobs, type WaitingJob } from './testing/jobs.ts'
import { type PluginRequest, requestPlugin } from './testing/plugin-request.ts'

export { importing } from './imports/testing/lines.ts'
export type { Captured, CaptureOptions } from './testing/capture.ts'
export type { Behaviour, ChannelProvider, ProviderMessage } from './testing/channel-provider.ts'
export type { TestClock } from './testing/clock.ts'
export { type ConformanceCase, channelConformance } from './testing/conformance/conformance.ts'
export type { ConformanceOptions } from './testing/conformance/world.ts'
export { type FakeProvider, fakeProvider, type ProviderCall, type ProviderRoute } from './testing/fake-provider.ts'
export type { WaitingJob } from './testing/jobs.ts'
export { type PigeonSettings, pigeon, pigeonChannel, pigeonPost } from './testing/pigeon.ts'
export type { PluginRequest } from './testing/plugin-request.ts'

export interface TestNestOptions {
  plugins?: Plugin[]
  /** What each plugin, by its id, is set to in the first workspace. */
  settings?: Record<string, Record<string, SettingValue>>
  /** What plugins reach by `context.fetch`; whatever the global fetch reaches unless told, so that a fake provider can answer. */
  outbound?: CoreOptions['outbound']
  /** Where files are kept; the database unless told. */
  objects?: CoreOptions['objects']
  /** Where the clock stands, until it is moved (see `TestNest.clock`); a real one runs unless told. */
  clock?: Date | string
  /** A clock of your own, which moves the jobs of no test. */
  now?: () => Date
  /** The variables that the environment has; none unless told. */
  environment?: Record<string, string>
  log?: Log
  /** How many log-ins may fail; no limit unless told. */
  loginFailures?: number
}

/** A whole LeadNest core on a database of its own, with its first workspace and the form `contact`. */
export interface TestNest extends Core {
  workspaceId: string
  databaseUrl: string
  /** Makes somebody who can sign in. */
  user(user: { email: string; password: string; role?: Role; workspaceId?: string }): Promise<User>
  /** Defines a field of leads. */
  field(key: string, type?: LeadField['type']): Promise<LeadField>
  /** Makes an API key, without an event of it, and returns its text. */
  key(key?: { kind?: 'secret' | 'publishable'; scopes?: Scope[]; workspaceId?: string }): Promise<string>
  /** Moves the time. */
  clock: TestClock
  /** Sends a form, as a visitor unless told. */
  capture(form: string, fields: SubmissionInput['fields'], options?: CaptureOptions): Promise<Captured>
  /** Sends a request to the routes of a plugin, as in `request('POST', '/plugins/shop/orders', { body: { id: 7 } })`. */
  request(method: 'GET' | 'POST', path: string, init?: PluginRequest): Promise<Response>
  /** What happened in the first workspace, the oldest first. */
  events(type?: EventType): Promise<Event[]>
  /** The jobs that wait, the next first; those of one plugin where one is named. */
  jobs(plugin?: string): Promise<WaitingJob[]>
  /** Runs every job that is due, and those that these add, until none is left. One that throws waits for its next try. */
  settle(): Promise<void>
  /** Ends the connections and removes the database. */
  close(): Promise<void>
}

const everything = Scope.options.filter((scope) => scope !== 'workspaces:write')
const quiet = new Logger(() => () => undefined)
/** Whatever the global fetch reaches, so no address is refused. */
const everywhere: Outbound = Object.assign((url: string | URL, init?: OutboundInit) => fetch(url, init), {
  check: async () => undefined,
})

/**
 * A LeadNest on a real Postgres, for a test: `const nest = await testNest({ plugins: [mine], settings: { mine: { … } } })`. Without
 * LEADNEST_TEST_DATABASE_URL it starts an embedded Postgres that ends with the process.
 */
export async function testNest({
  plugins = [],
  settings = {},
  outbound = everywhere,
  environment = {},
  clock,
  now = () => new Date(),
  log,
  loginFailures = 0,
  objects,
}: TestNestOptions = {}): Promise<TestNest> {
  const database: TestDatabase = await testDatabase()
  let standing = clock === undefined ? undefined : new Date(clock)
  const core = createCore({
    databaseUrl: database.url,
    secretKeys: ['a secret of tests, 32 characters long'],
    plugins,
    loginFailures,
    environment: (name) => environment[name],
    outbound,
    objects,
    now: () => standing ?? now(),
    ...(log && { log }),
  })
  await migratePlugins(core.pool, plugins)
  const workerPool: pg.Pool = createPool(database.url, { max: 2 })
  const workspaceId = await firstWorkspace(core)
  const jobs = createJobs(core, workerPool)
  async function close(): Promise<void> {
    await Promise.all([core.pool.end(), workerPool.end()])
    await database.drop()
  }
  try {
    for (const [id, values] of Object.entries(settings))
      await updatePlugin(core, workspaceId, id, { enabled: true, settings: values }, bySystem)
  } catch (error) {
    await close()
    throw error
  }

  return Object.assign(core, {
    workspaceId,
    databaseUrl: database.url,
    user: ({ role = 'owner', ...user }: Parameters<TestNest['user']>[0]) =>
      createUser(core, { workspaceId, role, ...user }),
    key: async ({
      kind = 'secret',
      scopes = kind === 'secret' ? everything : [],
      workspaceId: of = workspaceId,
    }: Parameters<TestNest['key']>[0] = {}) =>
      (await core.inWorkspace(of, (tx) => insertApiKey(core, tx, of, { kind, name: 'test', scopes }))).text,
    field: (key: string, type: LeadField['type'] = 'long_text') =>
      createField(core, workspaceId, { key, label: key, type, options: [] }, bySystem),
    clock: createClock(core, jobs, (at) => (standing = at)),
    capture: (form: string, fields: SubmissionInput['fields'], options?: CaptureOptions) =>
      capture(core, workspaceId, form, fields, options),
    request: (method: 'GET' | 'POST', path: string, init?: PluginRequest) => requestPlugin(core, method, path, init),
    events: (type?: EventType) => eventsOf(core, workspaceId, type),
    jobs: jobs.list,
    settle: () =>
      standing
        ? jobs.runDue()
        : runOnce({ pgPool: workerPool, taskList: tasks(core) as TaskList, noHandleSignals: true, logger: quiet }),
    close,
  })
}
