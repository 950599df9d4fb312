import { createInterface } from 'node:readline/promises'
import {
  createApiKey,
  createUser,
  createWorkspace,
  findUser,
  firstWorkspace,
  listApiKeys,
  Role,
  revokeApiKey,
  Scope,
  setPassword,
} from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { withCore } from './session.ts'

const readAndWrite: Scope[] = ['leads:read', 'leads:write', 'forms:read', 'settings:read', 'members:read']

/** `leadnest workspace | user | key`. */
export function accountCommands(program: Command): void {
  const workspace = program.command('workspace').description('workspaces')
  workspace
    .command('create <name>')
    .description('create a workspace with its own form `contact`')
    .option('--owner <email>', 'the address of a user who becomes its owner')
    .action((name: string, { owner }: { owner?: string }) =>
      withCore(async (core) => {
        const ownerId = owner === undefined ? undefined : (await findUser(core, owner)).id
        const made = await createWorkspace(core, { name, ...(ownerId && { ownerId }) })
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
      await withCore((core) => setPassword(core, email, password))
    })

  const key = program.command('key').description('API keys')
  key
    .command('create <name>')
    .description('create a key and show it, this once')
    .option('--publishable', 'a key for browsers: it may only draw and send forms')
    .option('--scopes <scopes>', Scope.options.join(','), readAndWrite.join(','))
    .option('--workspace <id>', 'the first workspace unless told')
    .action(
      (
        name: string,
        { publishable, scopes, workspace }: { publishable?: boolean; scopes: string; workspace?: string },
      ) =>
        withCore(async (core) => {
          const { text } = await createApiKey(core, workspace ?? (await firstWorkspace(core)), {
            kind: publishable ? 'publishable' : 'secret',
            name,
            scopes: scopes.split(',').map((scope) => oneOf(Scope.options, scope.trim(), '--scopes')),
          })
          console.log(text)
        }),
    )
  key
    .command('list')
    .description('list the keys of a workspace')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(({ workspace }: { workspace?: string }) =>
      withCore(async (core) => {
        for (const { id, kind, name, scopes, hint, revokedAt } of await listApiKeys(
          core,
          workspace ?? (await firstWorkspace(core)),
        )) {
          console.log(
            [id, kind, `…${hint}`, name, scopes.join(',') || '-', revokedAt ? `revoked ${revokedAt}` : 'active'].join(
              '  ',
            ),
          )
        }
      }),
    )
  key
    .command('revoke <id>')
    .description('end a key')
    .option('--workspace <id>', 'the first workspace unless told')
    .action((id: string, { workspace }: { workspace?: string }) =>
      withCore(async (core) => revokeApiKey(core, workspace ?? (await firstWorkspace(core)), id)),
    )
}

function oneOf<T extends string>(options: readonly T[], given: string, name: string): T {
  const known = options.find((option) => option === given)
  if (!known) throw new ConfigError(`${name}: got “${given}”; expected ${options.join(', ')}.`)
  return known
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
