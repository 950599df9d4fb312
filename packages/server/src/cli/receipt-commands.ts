import { existsSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { createKeyring, type PublicKeys, readJwks, readReceipt } from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError, readConfig } from '../config.ts'

/** `leadnest receipts`. */
export function receiptCommands(program: Command): void {
  const receipts = program.command('receipts').description('what says that a submission was stored')
  receipts
    .command('verify <receipt>')
    .description('check a receipt (itself, a file, or - for standard input) without a server or a database')
    .option('--jwks <where>', 'the key set of the server that signed it: its URL or a file; our own keys unless told')
    .action(async (given: string, { jwks }: { jwks?: string }) => {
      const token = given === '-' ? await text(process.stdin) : existsSync(given) ? readFileSync(given, 'utf8') : given
      const keys = jwks === undefined ? createKeyring(readConfig().secretKeys).signer.publicKeys : await keysAt(jwks)
      const read = readReceipt(keys, token.trim())
      if ('refusal' in read) throw new ConfigError(`This is no receipt of these keys. ${read.refusal}`)
      const { sub, form, status, iat, sha256, test } = read.claims
      const at = new Date(iat * 1000).toISOString()
      console.log(
        `submission ${sub}\nform       ${form}\n${status.padEnd(10)} ${at}${test ? ', a test' : ''}\nsha256     ${sha256}`,
      )
    })
}

/** The key set at a URL or in a file. Throws `ConfigError`. */
export async function keysAt(where: string): Promise<PublicKeys> {
  let keys: PublicKeys
  try {
    const set = /^https?:/.test(where) ? await fetchText(where) : readFileSync(where, 'utf8')
    keys = readJwks(JSON.parse(set))
  } catch (error) {
    throw new ConfigError(`--jwks: ${where} cannot be read: ${error instanceof Error ? error.message : error}.`)
  }
  if (keys.size === 0) throw new ConfigError(`--jwks: ${where} has no Ed25519 key.`)
  return keys
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!answer.ok) throw new Error(`it answered ${answer.status}`)
  return answer.text()
}
