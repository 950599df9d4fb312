import type { Context } from 'hono'
import type { SignedInEnv } from './env.ts'
import { Icon } from './icon.tsx'

/** How long an address shows what it says, in ms: looked at later, it is news no more. */
const lifetime = 60_000

const use = (c: Context<SignedInEnv>) => `notice ${c.var.session.id}`

/** An address that says something to whoever was sent there, and to nobody else: it is sealed for their session. */
export function withNotice(c: Context<SignedInEnv>, path: string, text: string): string {
  const { core } = c.var
  const [before, anchor] = path.split('#')
  const sealed = core.keyring.seal(
    use(c),
    JSON.stringify({ until: core.now().getTime() + lifetime, text: text.slice(0, 500) }),
  )
  return `${before}${before!.includes('?') ? '&' : '?'}notice=${encodeURIComponent(sealed)}${anchor ? `#${anchor}` : ''}`
}

/** What this address says; undefined where it says nothing, or not to this session. */
export function noticeOf(c: Context<SignedInEnv>): string | undefined {
  const { core } = c.var
  const sealed = c.req.query('notice')
  const opened = sealed && core.keyring.open(use(c), sealed)
  if (!opened) return undefined
  const { until, text } = JSON.parse(opened) as { until: number; text: string }
  return until > core.now().getTime() ? text : undefined
}

export function Notice({ text }: { text: string | undefined }) {
  if (!text) return null
  return (
    <p class="notice" role="status">
      <Icon name="check" /> {text}
    </p>
  )
}
