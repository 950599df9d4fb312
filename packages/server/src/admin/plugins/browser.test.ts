import { createLead } from '@leadnest/core'
import { defineAction, definePlugin, html, sql } from '@leadnest/core/plugin'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../../tests/browser.ts'
import { type Admin, openAdmin, owner } from '../testing/open-admin.ts'

const Call = v.object({
  who: v.pipe(v.string(), v.maxLength(20, 'At most 20 characters.'), v.title('Who')),
  minutes: v.optional(v.pipe(v.number('Give a number.'), v.title('Minutes')), 5),
})

const calls = definePlugin({
  id: 'calls',
  name: 'Calls',
  capabilities: ['tables', 'leads:read', 'leads:write'],
  migrations: {
    '1_calls': `create table plugin_calls_list (workspace_id uuid, who text, minutes integer not null, primary key (workspace_id, who))`,
  },
  pages: {
    'GET /': {
      title: 'Calls',
      menu: true,
      async draw({ at, controls, live, time }, { db, now }) {
        const all = await db.query<{ who: string; minutes: number }>(
          sql`select who, minutes from plugin_calls_list order by who`,
        )
        const rows = all.map(
          ({ who, minutes }) =>
            html`<tr><th scope="row">${who}</th><td class="figures">${minutes}</td><td>${time(now())}</td></tr>`,
        )
        return html`
          ${live(
            'calls',
            html`<section class="card" aria-label="Calls"><div class="table"><table>
              <thead><tr><th scope="col">Who</th><th scope="col">Minutes</th><th scope="col">When</th></tr></thead>
              <tbody>${rows}</tbody>
            </table></div></section>`,
          )}
          <section class="card" aria-labelledby="new"><h2 id="new">A new call</h2>
            <form method="post" action="${at}/add">${controls(Call)}<button class="button primary">Add</button></form>
          </section>`
      },
    },
    'POST /add': {
      async run({ read }, { db, workspaceId, refresh }) {
        const { who, minutes } = read(Call)
        await db.query(
          sql`insert into plugin_calls_list (workspace_id, who, minutes) values (${workspaceId}, ${who}, ${minutes})`,
        )
        await refresh()
        return { to: '/', notice: `Added ${who}.` }
      },
    },
  },
  panels: {
    lead: {
      title: 'Calls',
      draw: ({ lead }) => html`<p>${lead.tags.includes('called') ? 'Was called.' : 'No call yet.'}</p>`,
    },
    dashboard: { title: 'Calls today', draw: () => html`<p class="figures">7</p>` },
  },
  actions: {
    called: {
      title: 'Called',
      async run({ lead }, { leads }) {
        await leads.tag(lead.id, { add: ['called'] })
        return `${lead.name} was called.`
      },
    },
    plan: defineAction({
      title: 'Plan a call',
      confirm: 'Whoever owns the lead is told.',
      input: v.object({ why: v.pipe(v.string(), v.title('Why')) }),
      async run({ lead, input }, { leads }) {
        await leads.note(lead.id, input.why)
        return undefined
      },
    }),
  },
})

let admin: Admin
let browser: Browser
let page: Page
let base: string
let ada: string
const trouble: string[] = []

beforeAll(async () => {
  admin = await openAdmin({ plugins: [calls] })
  await admin.nest.user({ ...owner, role: 'owner' })
  const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
  for (const name of ['Grace Hopper', 'Ada Lovelace'])
    ada = (await createLead(admin.nest, admin.nest.workspaceId, { name, email: `${name[0]}@example.com` }, by)).result
      .id
  base = await admin.listen()
  browser = await launchBrowser()
  page = await browser.newPage()
  page.on('console', (message) => {
    if (/Content Security Policy|htmx:/.test(message.text())) trouble.push(message.text())
  })
  page.on('pageerror', (error) => trouble.push(String(error)))
  await page.goto(`${base}/admin/leads`)
  await page.fill('#email', owner.email)
  await page.fill('#password', owner.password)
  await page.click('button[type=submit]')
  await page.waitForSelector('#live[data-state=on]')
})
afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

test('a page of a plugin is opened from the navigation, takes a form, and is live', async () => {
  await page.click('nav a:has-text("Calls")')
  await page.waitForSelector('#live[data-state=on]')
  await page.fill('#who', 'Somebody with a long name')
  await page.fill('#minutes', '12')
  await page.click('text=Add')
  await page.waitForSelector('#errors')
  expect(await page.inputValue('#minutes')).toBe('12')
  await page.click('#errors a')
  expect(await page.evaluate('document.activeElement.id')).toBe('who')
  await page.fill('#who', 'Mary')
  await page.click('text=Add')
  await page.waitForSelector('.notice:has-text("Added Mary.")')
  await page.waitForSelector('#live[data-state=on]')
  await page.fill('#who', 'half')
  // Another tab adds one: this one sees it, and keeps what is being typed.
  const session = { cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') }
  await admin.post('/admin/plugins/calls/add', { who: 'Katherine', minutes: '3' }, session)
  await page.waitForSelector('#calls th:has-text("Katherine")')
  expect(await page.inputValue('#who')).toBe('half')
})

test('an action is done on a lead by a click, and one that asks is asked', async () => {
  await page.goto(`${base}/admin/leads/${ada}`)
  await page.waitForSelector('text=No call yet.')
  await page.click('.actions button:has-text("Called")')
  await page.waitForSelector('.notice:has-text("Ada Lovelace was called.")')
  await page.waitForSelector('text=Was called.')
  await page.click('text=Plan a call')
  await page.fill('[name="calls.plan.why"]', 'She asked for it')
  await page.click('button:has-text("Plan a call")')
  await page.waitForSelector('.notice:has-text("Plan a call: done.")')
  await page.waitForSelector('text=She asked for it')
})

test('an action is done on a selection, by a job that tells how far it is', async () => {
  await page.goto(`${base}/admin/leads`)
  await page.check('[aria-label="Tick Grace Hopper"]')
  await page.check('[aria-label="Tick Ada Lovelace"]')
  await page.click('text=Change ticked')
  await page.click('button:has-text("Called: 2 leads")')
  await page.waitForSelector('text=Waiting to begin')
  await admin.nest.settle()
  await page.waitForSelector('text=Done: 2 done')
  expect(trouble).toEqual([])
})
