import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Core } from '@leadnest/core'
import type { Import, ImportPowers } from '@leadnest/core/plugin'
import { byCommand } from './key-commands.ts'
import type { OutFile } from './out-file.ts'
import { answerHere } from './plugin-route.ts'
import { showProgress } from './progress.ts'
import { demandSuccess, orEnded, runHere } from './run-here.ts'
import { interruptedCode } from './session.ts'

export interface Desk {
  core: Core
  workspaceId: string
  imports: ImportPowers
  interrupted: AbortSignal
}

/** What a command ends with whose work is done, but not for everything that it was given. */
export const partly = 2
const mostTold = 20

/** Runs an import to its end, or until it is interrupted, and tells what came of it; refused rows go into the file `rejects`. */
export async function finishImport(desk: Desk, begun: Import, rejects?: OutFile): Promise<void> {
  const done = await finished(desk, begun)
  const { aborted } = desk.interrupted
  if (!done.finishedAt) return tellRest(done, aborted, rejects)
  if (aborted && done.status === 'cancelled') return tellEnded()
  demandSuccess(done)
  tell(done)
  if (done.failed === 0) return
  process.exitCode = partly
  if (rejects === undefined) {
    if (done.failed > mostTold) console.log(`  All ${done.failed}: leadnest import rejects ${done.id}`)
    return
  }
  await writeRejects(desk, done.id, rejects)
  console.log(`The refused rows are in ${rejects.path}, to be mended and imported again.`)
}

async function finished({ core, workspaceId, imports, interrupted }: Desk, begun: Import): Promise<Import> {
  if (begun.finishedAt) return begun
  const progress = showProgress(begun.dryRun ? 'Trying' : 'Importing')
  const done = await runHere(core, workspaceId, begun, {
    look: () => imports.get(begun.id),
    tell: (now) => progress.at(rowsOf(now), now.total),
    interrupted,
  })
  progress.end(done.finishedAt ? `${done.total} rows` : 'Interrupted')
  if (done.finishedAt || !interrupted.aborted) return done
  // A trial that is half done says nothing. What ended in this moment has ended.
  await imports[begun.dryRun ? 'cancel' : 'pause'](begun.id, byCommand).catch(orEnded)
  return imports.get(begun.id)
}

const rowsOf = ({ created, updated, skipped, failed }: Import) => created + updated + skipped + failed

function tellEnded(): void {
  process.exitCode = interruptedCode
  console.log('The trial is ended; it has changed nothing.')
}

function tellRest(rests: Import, interrupted: boolean, rejects: OutFile | undefined): void {
  process.exitCode = interrupted ? interruptedCode : 1
  const way = (verb: string) => `leadnest import ${verb} ${rests.id}`
  console.log(`The import rests at ${rowsOf(rests)} of ${rests.total ?? 'its'} rows; what it has done stays.
  go on:        ${way('resume')}${rejects ? ` --rejects ${quoted(rejects.path)}` : ''}
  end it:       ${way('cancel')}
  take it back: ${way('undo')}, once it is ended`)
}

/** As a shell reads it. */
const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

function tell(done: Import): void {
  console.log(
    `${done.dryRun ? 'Would be: ' : ''}${done.created} created, ${done.updated} updated, ${done.skipped} skipped, ${done.failed} failed${done.warnings ? `; ${done.warnings} of them without a cell that could not be read` : ''}`,
  )
  if (done.ignoredColumns.length > 0) console.log(`Left out: ${done.ignoredColumns.join(', ')}`)
  for (const { row, line, column, detail } of done.errors.slice(0, mostTold))
    console.log(`  row ${row} (line ${line})${column ? `, ${column}` : ''}: ${detail}`)
  if (done.undoUntil)
    console.log(`Until ${done.undoUntil.slice(0, 10)} it can be taken back: leadnest import undo ${done.id}`)
}

/** The refused rows of an import as CSV, into a file or to standard output. */
export async function writeRejects({ core, workspaceId }: Desk, id: string, out?: OutFile): Promise<void> {
  const answer = await answerHere(core, workspaceId, 'GET /v1/imports/:id/rejects.csv', { id })
  const rows = Readable.fromWeb((answer as Response).body as import('node:stream/web').ReadableStream)
  await (out ? out.write(rows) : pipeline(rows, process.stdout, { end: false }))
}
