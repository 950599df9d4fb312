import { timingSafeEqual } from 'node:crypto'
import { defineApi, definePlugin, html, LeadNestError } from '@leadnest/core/plugin'
import * as v from 'valibot'

const Settings = v.object({
  greeting: v.pipe(
    v.optional(v.string(), 'Hello'),
    v.title('Greeting'),
    v.description('How a note to a new lead begins.'),
  ),
  account: v.pipe(
    v.optional(v.string()),
    v.title('Account'),
    v.description('By which name other systems send people here.'),
  ),
  token: v.pipe(v.optional(v.string()), v.title('Token'), v.metadata({ secret: true })),
})

const day = 24 * 60 * 60 * 1000

/** Greets whoever sends a form, and asks three days later how it went. */
export const pluginHello = () =>
  definePlugin({
    id: 'plugin-hello',
    name: 'Plugin hello',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['leads:read', 'leads:write'],
    settings: Settings,
    names: ({ account }) => (account ? [account] : []),

    // After the commit, as a job: it may run twice, so it does what can be done twice.
    on: {
      async 'lead.captured'(_event, { lead, leads, jobs, now }) {
        if (!lead) return
        await leads.tag(lead.id, { add: ['greeted'] })
        await jobs.add('greet', { leadId: lead.id }, { key: `greet ${lead.id}` })
        await jobs.add('ask', { leadId: lead.id }, { key: `ask ${lead.id}`, at: new Date(now().getTime() + 3 * day) })
      },
    },
    jobs: {
      greet: {
        async run(payload, { leads, settings }) {
          const lead = await leads.get((payload as { leadId: string }).leadId)
          if (lead) await leads.note(lead.id, `${settings.greeting}, ${lead.name ?? 'stranger'}!`)
        },
      },
      ask: {
        async run(payload, { leads }) {
          const lead = await leads.get((payload as { leadId: string }).leadId)
          if (lead) await leads.note(lead.id, `Ask ${lead.name ?? 'them'} how it went.`)
        },
      },
    },

    // On the page of each lead; text that is put into the template stays text.
    panels: {
      lead: {
        title: 'Greeting',
        draw: ({ lead }, { settings }) =>
          lead.tags.includes('greeted')
            ? html`<p>“${settings.greeting}, ${lead.name ?? 'stranger'}!”</p>`
            : html`<p class="muted">Not greeted yet.</p>`,
      },
    },

    // POST /plugins/plugin-hello/people/:account, for whoever has the token of that account.
    routes: {
      async 'POST /people/:account'(request, { params, find }) {
        const workspace = await find(params.account!)
        if (!workspace || !isSame(request.headers.get('authorization'), `Bearer ${workspace.settings.token}`))
          return new Response('Who are you?', { status: 401 })
        const lead = await workspace.leads.create((await request.json()) as { email: string; name?: string })
        return Response.json({ id: lead.id }, { status: 201 })
      },
    },

    // GET /v1/plugin-hello/greeted, with a key like every other route of the API.
    api: defineApi(
      {
        'GET /v1/plugin-hello/greeted': {
          summary: 'Leads that were greeted, the newest first',
          access: 'leads:read',
          returns: v.object({ names: v.array(v.string()) }),
        },
      },
      {
        async 'GET /v1/plugin-hello/greeted'(_call, { leads }) {
          // A tag is there once somebody has it; until then a filter that names it is refused.
          const data = await leads.list({ filter: 'tag = greeted' }).then(
            (page) => page.data,
            (error) => {
              if (error instanceof LeadNestError && error.code === 'unknown_reference') return []
              throw error
            },
          )
          return { names: data.map(({ name }) => name ?? 'stranger') }
        },
      },
    ),
  })

/** Takes the same time wherever they differ. */
function isSame(given: string | null, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
