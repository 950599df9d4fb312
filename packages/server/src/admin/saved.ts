import { type Issue, LeadNestError } from '@leadnest/core'
import type { Context } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import { statusOf } from '../http/problem.ts'
import type { AdminEnv, SignedInEnv } from './env.ts'

/** What somebody can mend by changing what they typed. */
const mendable = new Set([409, 422])

type Again = (issues: Issue[]) => HtmlEscapedString | Promise<HtmlEscapedString>

/**
 * Makes a change and leads on to `to`, which then says so; a function names a place that the change makes. What was refused
 * is shown `again`, as it was typed, with what is wrong; an issue without a path is about the whole.
 */
export async function saved(
  c: Context<SignedInEnv>,
  to: string | (() => string),
  change: () => Promise<unknown>,
  again: Again,
): Promise<Response> {
  return answered(
    c,
    async () => {
      await change()
      if (typeof to === 'function') return c.redirect(to(), 303)
      const [path, anchor] = to.split('#')
      return c.redirect(`${path}?saved=1${anchor ? `#${anchor}` : ''}`, 303)
    },
    again,
  )
}

/** The same where the answer is a page of its own, as one that shows a secret. */
export async function answered(
  c: Context<SignedInEnv> | Context<AdminEnv>,
  answer: () => Promise<Response>,
  again: Again,
): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    // A wrong password or code of somebody who is signed in.
    const status = error.code === 'unauthenticated' && error.issues.length > 0 ? 422 : statusOf(error)
    if (!mendable.has(status)) throw error
    const issues = error.issues.length > 0 ? error.issues : [{ path: '', message: error.message }]
    return (c as Context).html(await again(issues), status)
  }
}
