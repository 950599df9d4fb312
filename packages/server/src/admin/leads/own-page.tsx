import { makePreferenceLink } from '@leadnest/core'
import { Hono } from 'hono'
import { by } from '../by.ts'
import { Code } from '../code.tsx'
import type { SignedInEnv } from '../env.ts'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { may } from '../may.ts'

/** The way to the page where a person says what may be sent to them. An event says who had the link, so a button makes it. */
export function OwnPage({ leadId }: { leadId: string }) {
  return (
    <section class="card" aria-labelledby="own-page">
      <h2 id="own-page">Their own page</h2>
      <p class="muted">There they see what is sent to them, and stop it.</p>
      <form method="post" action={`/admin/leads/${leadId}/preference-link`}>
        <button class="button" type="submit">
          <Icon name="copy" /> Link for a message to them
        </button>
      </form>
    </section>
  )
}

export const ownPages = new Hono<SignedInEnv>().post('/:id/preference-link', may('leads:write'), async (c) => {
  const { core, session, publicUrl } = c.var
  const id = c.req.param('id')
  const { link } = await makePreferenceLink(core, session.workspaceId, id, { publicBaseUrl: publicUrl }, by(c))
  return c.html(
    <Layout title="Link to their own page" session={session} at="/admin/leads">
      <p class="back">
        <a href={`/admin/leads/${id}`}>
          <Icon name="arrow-left" /> Back
        </a>
      </p>
      <div class="head">
        <h1>Link to their own page</h1>
      </div>
      <section class="card" role="status" aria-labelledby="made">
        <h2 id="made">For a message to them, and to nobody else</h2>
        <p>
          Whoever has it sees what is sent to them, and can stop it. It turns nothing on and asks for no data: it does
          not show that the address is theirs.
        </p>
        <Code id="own-page-link">{link}</Code>
      </section>
    </Layout>,
  )
})
