import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Core,
  checkEvidence,
  type Evidence,
  everyWorkspace,
  firstWorkspace,
  type Head,
  proveConsents,
  readHead,
  readJwks,
  refusalOfKept,
  verifyConsents,
} from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { evidencePage } from './evidence-page.tsx'
import { keysAt } from './receipt-commands.ts'
import { withCore } from './session.ts'

/** `leadnest consent`. */
export function consentCommands(program: Command): void {
  const consent = program.command('consent').description('the ledger of consents')
  consent
    .command('verify')
    .description('read the whole ledger; ends with 1 at the first row that was altered')
    .option('--workspace <id>', 'all workspaces unless told')
    .option('--head <file>', 'also check that the ledger goes on from a head that was kept (see `consent head`)')
    .action(({ workspace, head }: { workspace?: string; head?: string }) =>
      withCore(async (core) => {
        const kept = head === undefined ? undefined : await readJson<Head>(head)
        const workspaces = workspace ? [workspace] : kept ? [kept.workspaceId] : await everyWorkspace(core)
        const results = []
        for (const id of workspaces) results.push(await verify(core, id, kept))
        if (results.includes(false)) process.exitCode = 1
      }),
    )
  consent
    .command('head')
    .description('print the signed head of the ledger, to be kept elsewhere')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(({ workspace }: { workspace?: string }) =>
      withCore(async (core) => {
        const id = workspace ?? (await firstWorkspace(core))
        const head = await core.inWorkspace(id, (tx) => readHead(tx, id))
        if (!head) throw new ConfigError(`The ledger of workspace ${id} has no signed head.`)
        console.log(JSON.stringify(head, null, 2))
      }),
    )
  consent
    .command('prove <lead>')
    .description('write what a lead agreed to as evidence that can be checked without LeadNest')
    .option('--workspace <id>', 'the first workspace unless told')
    .option('--out <dir>', 'the folder to write to', '.')
    .action((lead: string, { workspace, out }: { workspace?: string; out: string }) =>
      withCore(async (core) => {
        const evidence = await proveConsents(core, workspace ?? (await firstWorkspace(core)), lead)
        await mkdir(out, { recursive: true })
        const file = join(out, `consent-${evidence.leadId}`)
        await writeFile(`${file}.json`, `${JSON.stringify(evidence, null, 2)}\n`, { mode: 0o600 })
        await writeFile(`${file}.html`, evidencePage(evidence), { mode: 0o600 })
        console.log(`${file}.json\n${file}.html`)
      }),
    )
  consent
    .command('check <file>')
    .description('check evidence (the .json of `consent prove`); needs no database')
    .option(
      '--jwks <where>',
      'the key set of the installation: its URL or a file; the keys in the evidence unless told',
    )
    .action(async (file: string, { jwks }: { jwks?: string }) => {
      const evidence = await readJson<Evidence>(file)
      const wrong = checkEvidence(evidence, jwks === undefined ? readJwks({ keys: evidence.keys }) : await keysAt(jwks))
      for (const line of wrong) console.log(line)
      if (wrong.length > 0) process.exitCode = 1
      else console.log(right(evidence, jwks !== undefined))
    })
}

const right = ({ leadId, mergedIds, entries, head, keys }: Evidence, known: boolean) =>
  `${entries.length} entries are as they were sealed, up to row ${head.entries} at ${head.sealedAt}.
They are about lead ${[leadId, ...mergedIds].join(', and as merged with it ')}. It proves what is in the file, not that it is all that was said.${
    known
      ? ''
      : `\nThe keys are those in the file (${keys.map(({ kid }) => kid).join(', ')}): compare them, or name --jwks.`
  }`

async function verify(core: Core, workspaceId: string, kept: Head | undefined): Promise<boolean> {
  const { entries, waiting, failure, failures, head } = await verifyConsents(core, workspaceId)
  const refusal = kept && !failure ? await refusalOfKept(core, workspaceId, kept) : undefined
  if (!failure && !refusal) {
    console.log(
      `${workspaceId}  ok: ${entries} entries, ${waiting} not sealed yet, head ${head!.number} of ${head!.sealedAt}`,
    )
    return true
  }
  const { seq, consentId, what } = failure ?? { seq: null, consentId: null, what: refusal! }
  const where = [seq !== null && `row ${seq}`, consentId && `entry ${consentId}`].filter(Boolean).join(', ')
  console.log(`${workspaceId}  altered: ${where && `${where}: `}${what}`)
  if (failures > 1) console.log(`${workspaceId}  and ${failures - 1} more`)
  return false
}

async function readJson<T>(file: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    throw new ConfigError(`${file}: ${error instanceof SyntaxError ? 'this is not JSON' : (error as Error).message}.`)
  }
}
