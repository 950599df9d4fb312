import { LeadNestError } from '@leadnest/core'
import { Hono } from 'hono'
import { Page } from '../hosted/page.tsx'
import type { Env } from '../http/env.ts'
import { codes, isCode } from './codes.ts'

/** A page for each error code, where the `type` of a problem leads to. Mounted at /errors. */
export const errorPages = new Hono<Env>()
  .get('/', (c) =>
    c.html(
      <Page title="Errors">
        <h1>Errors</h1>
        <p>What the API refuses, it answers as application/problem+json. Its `code` is one of these:</p>
        <dl>
          {Object.entries(codes).map(([code, { status, means }]) => (
            <>
              <dt>
                <a href={`/errors/${code}`}>{code}</a> ({status})
              </dt>
              <dd>{means}</dd>
            </>
          ))}
        </dl>
      </Page>,
    ),
  )
  .get('/:code', (c) => {
    const code = c.req.param('code')
    if (!isCode(code)) throw new LeadNestError('not_found', 'There is no such error.')
    const { status, means, mend } = codes[code]
    return c.html(
      <Page title={code}>
        <h1>{code}</h1>
        <p>Status {status}.</p>
        <p>{means}</p>
        <p>{mend}</p>
        <p>
          <a href="/errors">All errors</a>
        </p>
      </Page>,
    )
  })
