import type { Core } from '../../core.ts'
import type { Tx } from '../../postgres/transaction.ts'

/** The same core, which writes down what it asks of the database. */
export function watched(core: Core): { core: Core; statements: string[] } {
  const statements: string[] = []
  const watch = (tx: Tx): Tx => ({
    ...tx,
    query(statement) {
      statements.push(statement.text.trim())
      return tx.query(statement)
    },
  })
  return {
    statements,
    core: {
      ...core,
      outside: (work) => core.outside((tx) => work(watch(tx))),
      inWorkspace: (workspaceId, work) => core.inWorkspace(workspaceId, (tx) => work(watch(tx))),
    },
  }
}
