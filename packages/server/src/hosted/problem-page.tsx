import type { ErrorCode, LeadNestError } from '@leadnest/core'
import type { Context, ErrorHandler } from 'hono'
import type { Env } from '../http/env.ts'
import { logged, statusOf } from '../http/problem.ts'
import { Page } from './page.tsx'

const titles: Partial<Record<ErrorCode, string>> = {
  not_found: 'There is no form here',
  method_not_allowed: 'This page cannot be asked for like that',
  origin_not_allowed: 'This form may not be sent from there',
  body_too_large: 'This is too large',
  unsupported_media_type: 'This cannot be read',
  invalid_utf8: 'This cannot be read',
  rate_limited: 'This is more than we can take',
  unavailable: 'This form is not there just now',
}

/** A refusal as a page: visitors read no problem+json. */
export function renderProblem(c: Context<Env>, error: LeadNestError) {
  const title = titles[error.code] ?? 'Something went wrong'
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  return c.html(
    <Page title={title}>
      <h1>{title}</h1>
      <p>{error.message}</p>
      {error.issues.map(({ message }) => (
        <p>{message}</p>
      ))}
      <p class="help">
        Request <code>{c.var.requestId}</code>, <code>{error.code}</code>. Name it when you ask for help.
      </p>
    </Page>,
    statusOf(error),
  )
}

export const answerError: ErrorHandler<Env> = (thrown, c) => renderProblem(c, logged(c, thrown))
