import { createInterface } from 'node:readline/promises'
import {
  createPasswordReset,
  createUser,
  createWorkspace,
  disableUser,
  findUser,
  firstWorkspace,
  Role,
  setPassword,
} from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { byCommand, oneOf } from './key-commands.ts'
import { withCore } from './session.ts'

/** `leadnest workspace | user`. */
export function accountCommands(program: Command): void {
  const workspace = program.command('workspace').description('workspaces')
  workspace
    .command('create <name>')
    .description('create a workspace with its own form `contact`')
    .option('--owner <email>', 'the address of a user who becomes its owner')
    .action((name: string, { owner }: { owner?: string }) =>
      withCore(async (core) => {
        const ownerId = owner === undefined ? undefined : (await findUser(core, owner)).id
        const made = await createWorkspace(core, { name, ...(ownerId && { ownerId }), by: byCommand })
        console.log(`${made.id}  ${made.name}`)
      }),
    )

  const user = program.command('user').description('people who sign in')
  user
    .command('create <email>')
    .description('create a user; the password is asked for, or read from standard input')
    .option('--role <role>', Role.options.join(', '), 'member')
    .option('--workspace <id>', 'the first workspace unless told')
    .option('--name <name>')
    .action(
      async (email: string, { role: given, workspace, name }: { role: string; workspace?: string; name?: string }) => {
        const role = oneOf(Role.options, given, '--role')
        // Asked for before the database is opened: a Ctrl-C here leaves nothing running.
        const password = await askPassword()
        await withCore(async (core) => {
          const workspaceId = workspace ?? (await firstWorkspace(core))
          const made = await createUser(core, { email, name: name ?? null, role, workspaceId, password })
          console.log(`${made.id}  ${made.email}  ${role}`)
        })
      },
    )
  user
    .command('password <email>')
    .description('set a new password and end all sessions')
    .action(async (email: string) => {
      const password = await askPassword()
      await withCore((core) => setPassword(core, email, password, byCommand))
    })
  user
    .command('disable <email>')
    .description('shut somebody out of all workspaces and end their sessions')
    .action((email: string) => withCore((core) => disableUser(core, email, true, byCommand)))
  user
    .command('enable <email>')
    .description('let somebody in again who was disabled')
    .action((email: string) => withCore((core) => disableUser(core, email, false, byCommand)))
  user
    .command('reset-link <email>')
    .description('print a link by which they set a new password; it works once, for an hour')
    .action((email: string) =>
      withCore(async (core, { publicBaseUrl }) => {
        console.log(`${publicBaseUrl}/admin/reset?token=${await createPasswordReset(core, email)}`)
      }),
    )
}

/** From a terminal it is asked for, and not shown; else the first line of standard input. */
async function askPassword(): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line
    throw new ConfigError('Send the password on standard input.')
  }
  stderr.write('Password (at least 8 characters): ')
  const prompt = createInterface({ input: stdin, terminal: true })
  const password = await prompt.question('')
  prompt.close()
  stderr.write('\n')
  return password
}
