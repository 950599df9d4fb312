import { LeadNestError, webhooks } from '@leadnest/sdk'
import { Hono } from 'hono'
import { html } from 'hono/html'

/** What a small shop might build around LeadNest. It keeps nothing itself. */
export function createApp({ leadnest, url, publicKey, webhookSecret }) {
  const app = new Hono()
  /** The last things that webhooks told, by the id of the message: one that comes again tells nothing new. */
  const heard = new Map()

  app.get('/', (c) =>
    c.html(
      page(
        'Write to us',
        html`<script src="${url}/widget.js" async></script>
          <leadnest-form form="contact" url="${url}" key="${publicKey}"></leadnest-form>`,
      ),
    ),
  )

  app.get('/customers', async (c) => {
    const { data } = await leadnest.leads.list({ sort: '-lastActivityAt', limit: 20 })
    return c.html(
      page(
        'Customers',
        html`<ul>${data.map(({ name, email, stage }) => html`<li>${name ?? email} (${stage})</li>`)}</ul>
          <form method="post"><input name="email" type="email" required aria-label="E-mail"><button>Start a trial</button></form>
          <h2>Heard</h2>
          <ul>${[...heard.values()].map(({ type, timestamp }) => html`<li>${timestamp} ${type}</li>`)}</ul>`,
      ),
    )
  })

  app.post('/customers', async (c) => {
    const { email } = await c.req.parseBody()
    try {
      const lead = await leadnest.leads.create({ email: String(email) })
      await leadnest.leads.track(lead.id, 'trial.started', { plan: 'pro' })
      return c.redirect('/customers', 303)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
      return c.html(page('Not yet', html`<p>${error.errors.map(({ message }) => message).join(' ')}</p>`), 422)
    }
  })

  app.post('/webhooks', async (c) => {
    const id = c.req.header('webhook-id')
    try {
      const message = await webhooks.verify(await c.req.text(), c.req.raw.headers, webhookSecret)
      heard.set(id, message)
      if (heard.size > 20) heard.delete(heard.keys().next().value)
      return c.body(null, 204)
    } catch (error) {
      if (error instanceof LeadNestError) return c.text(error.message, 400)
      throw error
    }
  })

  return app
}

const page = (title, content) => html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${title}</title></head>
  <body>
    <nav><a href="/">Write to us</a> <a href="/customers">Customers</a></nav>
    <h1>${title}</h1>
    ${content}
  </body>
</html>`
