import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { raw } from 'sql-template-tag'
import { statesOfMany } from '../consents/states.ts'
import type { Core } from '../core.ts'
import { isId } from '../id.ts'
import { join, type Sql, sql } from '../postgres/sql.ts'
import { type Tx, txOn } from '../postgres/transaction.ts'
import type { chooseColumns } from './columns.ts'
import { takeTurn } from './turns.ts'

/** How many leads are read at once. */
const page = 1000
/** In ms, for one page: the first of a rare filter looks at all leads. */
const patience = 10 * 60_000

/**
 * The cells of leads, page by page, in the order of their ids, all as they stood at one moment: a cursor in one transaction on a connection
 * of its own, for which it may have to wait. It ends with whoever reads.
 */
export async function* readLeads(
  core: Core,
  workspaceId: string,
  condition: Sql,
  columns: ReturnType<typeof chooseColumns>,
): AsyncGenerator<string[][]> {
  if (!isId(workspaceId)) throw new Error('Leads were asked for of something that is no id.')
  const endTurn = await takeTurn(core.pool)
  try {
    yield* readHeld(core, await core.pool.connect(), workspaceId, condition, columns)
  } finally {
    endTurn()
  }
}

async function* readHeld(
  core: Core,
  client: pg.PoolClient,
  workspaceId: string,
  condition: Sql,
  columns: ReturnType<typeof chooseColumns>,
): AsyncGenerator<string[][]> {
  let broken: Error | undefined
  const ask = (statement: Sql) => {
    // Its types do not know that a query may have a time-out of its own.
    const longer = { text: statement.text, values: statement.values, query_timeout: patience }
    return client.query<Record<string, unknown>>(longer)
  }
  // In the same snapshot, for what is asked beside the cursor.
  const tx = txOn(client, { patience })
  const name = `export_${randomBytes(4).toString('hex')}`
  try {
    await client.query(
      `begin isolation level repeatable read read only;
       select set_config('leadnest.workspace_id', '${workspaceId}', true), set_config('statement_timeout', '${patience}', true), set_config('jit', 'off', true)`,
    )
    const read = join(columns.map(({ read }, i) => sql`${read} as ${raw(`c${i}`)}`))
    await ask(sql`
      declare ${raw(name)} no scroll cursor for
      select ${read} from leads where leads.workspace_id = ${workspaceId} and ${condition} order by leads.id`)
    for (;;) {
      const { rows } = await ask(sql`fetch ${raw(String(page))} from ${raw(name)}`)
      if (rows.length > 0) {
        const consents = await consentsOf(core, tx, workspaceId, rows, columns)
        yield rows.map((row) =>
          columns.map(({ channel, write }, i) => {
            const value = row[`c${i}`]
            if (channel !== undefined) return consents(value as string, channel)
            return write ? write(value) : ((value as string | null) ?? '')
          }),
        )
      }
      if (rows.length < page) return
    }
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    if (!broken) await client.query('rollback').catch((failure: Error) => (broken = failure))
    client.release(broken)
  }
}

/** Tells how things stand for a lead of these rows on a channel of these columns: `newsletter: yes; offers: no`. */
async function consentsOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  rows: Record<string, unknown>[],
  columns: ReturnType<typeof chooseColumns>,
): Promise<(id: string, channel: string) => string> {
  const channels = columns.flatMap(({ channel }) => channel ?? [])
  if (channels.length === 0) return () => ''
  const id = `c${columns.findIndex(({ channel }) => channel !== undefined)}`
  const ids = rows.map((row) => row[id] as string)
  const states = await statesOfMany(core, tx, workspaceId, ids, channels)
  return (id, asked) =>
    states
      .get(id)!
      .filter(({ channel }) => channel === asked)
      .map(
        ({ purpose, status, suppressed }) =>
          `${purpose ?? 'all'}: ${status === 'granted' && !suppressed ? 'yes' : 'no'}`,
      )
      .join('; ')
}
