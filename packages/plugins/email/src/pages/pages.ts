import { html, LeadNestError, type PageCall, type Pages } from '@leadnest/core/plugin'
import { getPerson, kinds, listPeople, saveWishes, Wishes } from '../notices/people.ts'
import { hookName, type Settings } from '../settings.ts'

const titles = {
  new_lead: 'New leads',
  assigned: 'Given',
  reply: 'Answers',
  held: 'Held',
  escalation: 'Unanswered',
  endpoint: 'Endpoints',
}

/** Who hears of what: everybody says it for themselves, and admins for everybody. */
export const pages: Pages<Settings> = {
  'GET /': {
    title: 'E-mail',
    menu: true,
    icon: 'mail',
    async draw({ at, principal }, context) {
      const people = await listPeople(context)
      const { settings, baseUrl } = context
      const mayEdit = (id: string) => id === principal.user?.id || principal.scopes.includes('settings:write')
      return html`
        <section class="card stack">
          <h2>Who hears of what</h2>
          <div class="table"><table>
            <thead><tr><th>Member</th>${kinds.map((kind) => html`<th>${titles[kind]}</th>`)}<th>How often</th></tr></thead>
            <tbody>${people.map(
              ({ id, name, email, wishes }) => html`<tr>
                <td>${mayEdit(id) ? html`<a href="${at}/people/${id}">${name ?? email}</a>` : (name ?? email)}</td>
                ${kinds.map((kind) => html`<td>${wishes[kind] ? 'yes' : html`<span class="muted">no</span>`}</td>`)}
                <td>${wishes.pace}</td>
              </tr>`,
            )}</tbody>
          </table></div>
        </section>
        <section class="card stack">
          <h2>Answers and bounces</h2>
          ${
            settings.hookSecret
              ? html`<p>They are handed in at <code>${baseUrl}/plugins/email/hooks/${hookName(settings)}</code></p>`
              : html`<p class="muted">Give the hook a secret under <a href="/admin/settings/plugins/email">Settings → Plugins → E-mail</a>, and they can be handed in.</p>`
          }
        </section>`
    },
  },
  'GET /people/:id': {
    title: 'What they hear of',
    async draw(call, context) {
      const { at, controls, params } = call
      allow(call)
      const { name, email, wishes } = await getPerson(context, params.id!)
      return {
        title: name ?? email,
        body: html`<form class="card stack" method="post" action="${at}/people/${params.id}">
          <p class="muted">Mails go to ${email}.</p>
          ${controls(Wishes, wishes)}
          <div class="actions"><button class="button primary">Save</button></div>
        </form>`,
      }
    },
  },
  'POST /people/:id': {
    scope: 'settings:read',
    async run(call, context) {
      allow(call)
      const { id } = await getPerson(context, call.params.id!)
      await saveWishes(context, id, call.read(Wishes))
      return { to: '/', notice: 'Saved.' }
    },
  },
}

/** Throws `forbidden` for who asks about somebody else and is no admin. */
function allow({ params, principal }: PageCall): void {
  if (params.id !== principal.user?.id && !principal.scopes.includes('settings:write'))
    throw new LeadNestError('forbidden', 'Only an admin says what others hear of.')
}
