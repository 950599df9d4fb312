import { type Core, firstWorkspace, getJob, importPowersOf } from '@leadnest/core'
import type { Import } from '@leadnest/core/plugin'
import type { Command } from 'commander'
import { type Desk, finishImport, partly, writeRejects } from './import-run.ts'
import { byCommand } from './key-commands.ts'
import { withOutFile } from './out-file.ts'
import { showProgress } from './progress.ts'
import { demandSuccess, runHere } from './run-here.ts'
import { interruptedCode, loadPlugins, loadPluginsThat, withCore } from './session.ts'

interface Where {
  workspace?: string
}

/** What is done with an import that there is: `leadnest import list`, `undo <id>` and so on. */
export function importControls(command: Command): void {
  const add = (usage: string, description: string) =>
    command.command(usage).description(description).option('--workspace <id>', 'the first workspace unless told')

  add('list', 'the imports of the last 30 days, newest first, dry runs too').action((where: Where) =>
    atDesk(where, list),
  )
  add('resume <id>', 'go on with an import that was paused, or whose process died')
    .option('--rejects <file>', 'where refused rows go as CSV')
    .action((id: string, { rejects, ...where }: Where & { rejects?: string }) =>
      withOutFile('--rejects', rejects, (out) => {
        const goOn = async (desk: Desk) => finishImport(desk, await desk.imports.resume(id, byCommand), out)
        return atDesk(where, goOn, () => loadPluginsThat('imports'))
      }),
    )
  add('cancel <id>', 'end an import; what it has done stays, and can be taken back').action(
    (id: string, where: Where) =>
      atDesk(where, async ({ imports }) => console.log(lineOf(await imports.cancel(id, byCommand)))),
  )
  add(
    'undo <id>',
    'take an import back, updates too, but for what somebody changed since (again: tries what it left alone); for 30 days',
  ).action((id: string, where: Where) => atDesk(where, (desk) => undo(desk, id)))
  add('rejects <id>', 'write the rows that were refused as CSV, each with why')
    .option('--out <file>', 'standard output unless told')
    .action((id: string, { out, ...where }: Where & { out?: string }) =>
      withOutFile('--out', out, (file) => atDesk(where, (desk) => writeRejects(desk, id, file))),
    )
}

async function atDesk({ workspace }: Where, work: (desk: Desk) => Promise<void>, load = loadPlugins): Promise<void> {
  const plugins = await load()
  const atCore = async (core: Core, _: unknown, interrupted: AbortSignal) => {
    const workspaceId = workspace ?? (await firstWorkspace(core))
    await work({ core, workspaceId, imports: importPowersOf(core, workspaceId, () => undefined), interrupted })
  }
  return withCore(atCore, { plugins, poolSize: 5 })
}

async function list({ imports }: Desk): Promise<void> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await imports.list({ limit: 200, ...(cursor !== undefined && { cursor }) })
    for (const one of page.data) console.log(lineOf(one))
    cursor = page.nextCursor
  }
}

function lineOf({ id, createdAt, name, status, dryRun, undo, undoUntil, ...counts }: Import): string {
  const { created, updated, skipped, failed } = counts
  const back = undo?.status === 'succeeded' && `taken back${undo.leftAlone > 0 ? `, but for ${undo.leftAlone}` : ''}`
  const state = dryRun ? `${status}, dry run` : back || status
  const rows = `${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed`
  return [id, createdAt, state, name, rows, undoUntil ? `undo until ${undoUntil.slice(0, 10)}` : '']
    .filter(Boolean)
    .join('  ')
}

async function undo({ core, workspaceId, imports, interrupted }: Desk, id: string): Promise<void> {
  const { jobId } = (await imports.undo(id, byCommand)).undo!
  const look = () => getJob(core, workspaceId, jobId)
  const progress = showProgress('Taking back')
  const done = await runHere(core, workspaceId, await look(), {
    look,
    tell: ({ progress: { done, total } }) => progress.at(done, total),
    interrupted,
  })
  progress.end(done.finishedAt ? 'Taken back' : 'Interrupted')
  if (!done.finishedAt) {
    process.exitCode = interruptedCode
    return console.log('A server or a worker goes on with it, as soon as one runs.')
  }
  demandSuccess(done)
  const { restored, leftAlone, leads } = (await imports.get(id)).undo!
  console.log(
    `${restored} ${restored === 1 ? 'lead is' : 'leads are'} as before, ${leftAlone} ${leftAlone === 1 ? 'was' : 'were'} left alone`,
  )
  if (leftAlone === 0) return
  process.exitCode = partly
  console.log(
    `Somebody changed them since, or what they had is somebody else's or gone: ${leads.join(', ')}${leftAlone > leads.length ? ' …' : ''}. Undo it again to try these once more`,
  )
}
