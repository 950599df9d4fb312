import { randomBytes } from 'node:crypto'
import type { PluginContext } from '@leadnest/core/plugin'

/** How long a secret that was replaced is still used besides, in ms. */
export const overlap = 24 * 3_600_000
/** More signatures than that, and a receiver may refuse the header. */
export const mostReplaced = 10

/** A sealed secret that was replaced, and until when it signs besides. */
export interface ReplacedSecret {
  secret: string
  until: string
}

export const stillUsed = (replaced: ReplacedSecret[], now: Date) =>
  replaced.filter(({ until }) => Date.parse(until) > now.getTime())

/** 256 random bits, as Standard Webhooks writes them. */
export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

/** What an operator can do where the key is gone that sealed a secret. */
export class KeyMissing extends Error {}

/** Throws `KeyMissing`. */
export function opened({ secrets }: Pick<PluginContext, 'secrets'>, sealed: string): string {
  const text = secrets.open(sealed)
  if (text === undefined)
    throw new KeyMissing(
      'A secret of webhooks was sealed by a key that is not in LEADNEST_SECRET_KEY any more. Add that key at the end of the list, or rotate the secret.',
    )
  return text
}

export const openedHeaders = (context: Pick<PluginContext, 'secrets'>, sealed: string) =>
  JSON.parse(opened(context, sealed)) as Record<string, string>
