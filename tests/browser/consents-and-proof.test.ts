import { createLeadNest } from '@leadnest/sdk'
import { expect, test } from 'vitest'
import { testServer } from '../../packages/server/src/testing.ts'
import { launchBrowser } from '../browser.ts'

test('what a visitor ticks in the widget stands in the ledger, and the work of the browser is taken', async () => {
  const server = await testServer()
  const browser = await launchBrowser()
  try {
    const url = await server.listen()
    const leadnest = createLeadNest({ url, key: await server.nest.key() })
    const [form] = await leadnest.forms.list()
    await leadnest.forms.update(form!.id, {
      consents: [
        { channel: 'email', purpose: 'newsletter', text: 'Send me the newsletter.' },
        { channel: 'sms', purpose: 'offers', text: 'Send me offers.' },
      ],
      minFillSeconds: 0,
      spam: { proofBits: 8 },
    })

    const page = await browser.newPage()
    const body = `<leadnest-form form="${form!.slug}"></leadnest-form><script src="/widget.js"></script>`
    await page.route(`${url}/page`, (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto(`${url}/page`)
    await page.locator('[name=name]').fill('Ada')
    await page.locator('[name=email]').fill('ada@example.com')
    await page.getByRole('checkbox', { name: 'Send me the newsletter.' }).check()
    await page.locator('leadnest-form button').click()
    await page.getByRole('status').waitFor()

    const { data } = await leadnest.leads.list()
    expect(data.map(({ email }) => email)).toEqual(['ada@example.com'])
    const { data: consents } = await leadnest.consents.list(data[0]!.id)
    expect(consents.map(({ channel, purpose }) => [channel, purpose])).toEqual([['email', 'newsletter']])
  } finally {
    await browser.close()
    await server.close()
  }
}, 60_000)
