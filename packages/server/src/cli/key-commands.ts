import { type By, createApiKey, firstWorkspace, listApiKeys, revokeApiKey, Scope } from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { withCore } from './session.ts'

const readAndWrite: Scope[] = ['leads:read', 'leads:write', 'forms:read', 'settings:read', 'members:read']

/** A key is of one workspace, so none makes another. */
const keyScopes = Scope.options.filter((scope) => scope !== 'workspaces:write')

export const byCommand: By = { actor: { type: 'system', id: null, name: null }, source: 'command' }

interface CreateOptions {
  publishable?: boolean
  scopes: string
  expires?: string
  origins?: string
  workspace?: string
}

/** `leadnest key`. */
export function keyCommands(program: Command): void {
  const key = program.command('key').description('API keys')
  key
    .command('create <name>')
    .description('create a key and show it, this once')
    .option('--publishable', 'a key for browsers: it may only draw and send forms')
    .option('--scopes <scopes>', `what it may do, of ${keyScopes.join(', ')}`, readAndWrite.join(','))
    .option('--expires <when>', 'a number of days, or a day such as 2027-01-31; never unless told')
    .option('--origins <origins>', 'the sites that may use a publishable key, with commas between; all unless told')
    .option('--workspace <id>', 'the first workspace unless told')
    .action((name: string, { publishable = false, scopes, expires, origins, workspace }: CreateOptions) => {
      const input = {
        kind: publishable ? ('publishable' as const) : ('secret' as const),
        name,
        scopes: publishable ? [] : listed(scopes).map((scope) => oneOf(keyScopes, scope, '--scopes')),
        origins: listed(origins),
        expiresAt: expires === undefined ? null : endOf(expires),
      }
      return withCore(async (core) => {
        const { text } = await createApiKey(core, workspace ?? (await firstWorkspace(core)), input, byCommand)
        console.log(text)
      })
    })
  key
    .command('list')
    .description('list the keys of a workspace')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(({ workspace }: { workspace?: string }) =>
      withCore(async (core) => {
        for (const { id, kind, name, scopes, hint, revokedAt, expiresAt, lastUsedAt } of await listApiKeys(
          core,
          workspace ?? (await firstWorkspace(core)),
        )) {
          const state = revokedAt ? `revoked ${revokedAt}` : expiresAt ? `until ${expiresAt}` : 'active'
          const used = lastUsedAt ? `used ${lastUsedAt}` : 'never used'
          console.log([id, kind, `…${hint}`, name, scopes.join(',') || '-', state, used].join('  '))
        }
      }),
    )
  key
    .command('revoke <id>')
    .description('end a key')
    .option('--workspace <id>', 'the first workspace unless told')
    .action((id: string, { workspace }: { workspace?: string }) =>
      withCore(async (core) => revokeApiKey(core, workspace ?? (await firstWorkspace(core)), id, byCommand)),
    )
}

const listed = (text = '') =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function endOf(expires: string): string {
  const days = /^\d{1,4}$/.test(expires) ? Number(expires) : undefined
  const end = days === undefined ? Date.parse(expires) : Date.now() + days * 86_400_000
  if (Number.isNaN(end))
    throw new ConfigError(`--expires: got “${expires}”; expected a number of days, or a day such as 2027-01-31.`)
  return new Date(end).toISOString()
}

export function oneOf<T extends string>(options: readonly T[], given: string, name: string): T {
  const known = options.find((option) => option === given)
  if (!known) throw new ConfigError(`${name}: got “${given}”; expected ${options.join(', ')}.`)
  return known
}
