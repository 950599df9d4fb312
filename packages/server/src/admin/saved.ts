import { type Issue, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import { statusOf } from '../http/problem.ts'
import type { SignedInEnv } from './env.ts'

/** What somebody can mend by changing what they typed. */
const mendable = new Set([409, 422])

/**
 * Makes a change and leads on to `to`, which then says so; a function names a place that the change makes. What was refused is shown `again`, as it was typed, with what
 * is wrong; an issue without a path is about the whole.
 */
export async function saved(
  c: Context<SignedInEnv>,
  to: string | (() => string),
  change: () => Promise<unknown>,
  again: (issues: Issue[]) => HtmlEscapedString | Promise<HtmlEscapedString>,
): Promise<Response> {
  try {
    await change()
    if (typeof to === 'function') return c.redirect(to(), 303)
    const [path, anchor] = to.split('#')
    return c.redirect(`${path}?saved=1${anchor ? `#${anchor}` : ''}`, 303)
  } catch (error) {
    if (!(error instanceof LeadNestError) || !mendable.has(statusOf(error))) throw error
    const issues = error.issues.length > 0 ? error.issues : [{ path: '', message: error.message }]
    return c.html(await again(issues), statusOf(error))
  }
}
