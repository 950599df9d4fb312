import type { Context } from 'hono'
import type { Env } from '../http/env.ts'
import { Page } from './page.tsx'

/** For an address that no link of ours has. */
export function wrongLink(c: Context<Env>) {
  return c.html(
    <Page title="This link is not right">
      <h1>This link is not right</h1>
      <p>
        It is not whole, or it was not made here. Open it from the message again, or copy all of it, to the last letter.
        Nothing was changed.
      </p>
    </Page>,
    404,
  )
}
