import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { presentable, statusOf } from '../http/problem.ts'
import type { AdminEnv, SignedInEnv } from './env.ts'
import { Frame, Layout } from './layout.tsx'

interface Problem {
  status: ContentfulStatusCode
  title: string
  detail: string
}

/** The first thing read; the error's own message says what to do. */
const titles: Partial<Record<ContentfulStatusCode, string>> = {
  401: 'You are signed out',
  403: 'You may not do this',
  409: 'This cannot be done now',
  413: 'This is too large',
  422: 'Something does not look right',
  429: 'Too many tries',
  503: 'The database does not answer',
}

type AnyContext = Context<AdminEnv> | Context<SignedInEnv>

/** Inside the layout for those who are signed in, on a page of its own for all others. */
export function renderProblem(c: AnyContext, problem: Problem) {
  const session = (c as Context<AdminEnv>).var.session
  const body = <ProblemBody problem={problem} requestId={c.var.requestId} />
  if (!session) return c.html(<Frame title={problem.title}>{body}</Frame>, problem.status)
  return c.html(
    <Layout title={problem.title} session={session}>
      {body}
    </Layout>,
    problem.status,
  )
}

export function renderNotFound(c: AnyContext) {
  return renderProblem(c, {
    status: 404,
    title: 'There is nothing here',
    detail: 'The address may be mistyped, or what it showed is gone or belongs to another workspace.',
  })
}

/** An error of a page, logged as the API logs its own. */
export function answerError(thrown: Error, c: Context<AdminEnv>) {
  const error = presentable(thrown)
  const status = statusOf(error)
  if (status === 404) return renderNotFound(c)
  if (error.code === 'internal') c.var.log.error({ err: thrown }, 'a page failed')
  else if (error.code === 'unavailable') c.var.log.warn({ err: error.cause }, error.message)
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  return renderProblem(c, { status, title: titles[status] ?? 'Something went wrong', detail: error.message })
}

function ProblemBody({ problem, requestId }: { problem: Problem; requestId: string | undefined }) {
  return (
    <section class="problem">
      <p class="problem-status">{problem.status}</p>
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <p>
        <a class="button" href="/admin">
          Go to your leads
        </a>
      </p>
      {requestId && (
        <p class="muted small">
          Request <code>{requestId}</code>. Name it when you ask for help.
        </p>
      )}
    </section>
  )
}
