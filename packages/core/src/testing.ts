import { Logger, runOnce, type TaskList } from 'graphile-worker'
import type pg from 'pg'
import { type Role, Scope, type User } from './accounts/account.ts'
import { createUser } from './accounts/users.ts'
import { firstWorkspace } from './accounts/workspaces.ts'
import { type Core, type CoreOptions, createCore } from './core.ts'
import { bySystem } from './events/event.ts'
import type { LeadField } from './fields/field.ts'
import { createField } from './fields/fields.ts'
import { tasks } from './jobs/tasks.ts'
import { insertApiKey } from './keys/api-keys.ts'
import type { Log } from './log.ts'
import type { Plugin } from './plugins/define-plugin.ts'
import { migratePlugins } from './plugins/migrate-plugins.ts'
import { createPool } from './postgres/pool.ts'
import { type TestDatabase, testDatabase } from './testing/database.ts'

export interface TestNestOptions {
  plugins?: Plugin[]
  /** What plugins reach by `context.fetch`; whatever the global fetch reaches unless told, so that a fake provider can answer. */
  outbound?: CoreOptions['outbound']
  /** The clock; real unless told. */
  now?: () => Date
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
  /** Runs every job that is due, and those that these add, until none is left. */
  settle(): Promise<void>
  /** Ends the connections and removes the database. */
  close(): Promise<void>
}

const everything = Scope.options.filter((scope) => scope !== 'workspaces:write')
const quiet = new Logger(() => () => undefined)

/**
 * A LeadNest on a real Postgres, for a test: `const nest = await testNest({ plugins: [mine()] })`. Without
 * LEADNEST_TEST_DATABASE_URL it starts an embedded Postgres that ends with the process.
 */
export async function testNest({
  plugins = [],
  outbound = (url, init) => fetch(url, init),
  now,
  log,
  loginFailures = 0,
}: TestNestOptions = {}): Promise<TestNest> {
  const database: TestDatabase = await testDatabase()
  const core = createCore({
    databaseUrl: database.url,
    secretKeys: ['a secret of tests, 32 characters long'],
    plugins,
    loginFailures,
    outbound,
    ...(now && { now }),
    ...(log && { log }),
  })
  await migratePlugins(core.pool, plugins)
  const workerPool: pg.Pool = createPool(database.url, { max: 2 })
  const workspaceId = await firstWorkspace(core)

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
    settle: () =>
      runOnce({ pgPool: workerPool, taskList: tasks(core) as TaskList, noHandleSignals: true, logger: quiet }),
    close: async () => {
      await Promise.all([core.pool.end(), workerPool.end()])
      await database.drop()
    },
  })
}
