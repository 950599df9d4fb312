import { type DrawnPanel, drawPanels, type Form, type Lead, madeHtml } from '@leadnest/core'
import type { Context } from 'hono'
import { raw } from 'hono/html'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'
import { pagesOf } from './paths.ts'

type About = { place: 'lead'; lead: Lead } | { place: 'form'; form: Form } | { place: 'dashboard' }

/** What plugins have to say at this place; begin it beside what the page itself reads. */
export function panelsOf(c: Context<SignedInEnv>, { place, ...about }: About): Promise<DrawnPanel[]> {
  const time = (at: string | Date) => madeHtml(String(<Time at={new Date(at).toISOString()} />))
  return drawPanels(c.var.core, place, { principal: c.var.session, by: by(c), time, ...about }, pagesOf)
}

export function Panels({ panels }: { panels: DrawnPanel[] }) {
  return (
    <>
      {panels.map(({ title, body, fault }) => (
        <section class="card" aria-label={title}>
          <h2>{title}</h2>
          {body ? (
            raw(String(body))
          ) : (
            <p class="muted small">
              <Icon name="alert" /> {fault}
            </p>
          )}
        </section>
      ))}
    </>
  )
}
