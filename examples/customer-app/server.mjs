import { serve } from '@hono/node-server'
import { createLeadNest } from '@leadnest/sdk'
import { createApp } from './app.mjs'

const {
  LEADNEST_URL: url,
  LEADNEST_KEY: key,
  LEADNEST_PUBLIC_KEY: publicKey,
  LEADNEST_WEBHOOK_SECRET: webhookSecret,
} = process.env
const missing = Object.entries({
  LEADNEST_URL: url,
  LEADNEST_KEY: key,
  LEADNEST_PUBLIC_KEY: publicKey,
  LEADNEST_WEBHOOK_SECRET: webhookSecret,
}).flatMap(([name, value]) => (value ? [] : [name]))
if (missing.length > 0) {
  console.error(`Set ${missing.join(', ')}; the README says how.`)
  process.exit(1)
}

const app = createApp({ leadnest: createLeadNest({ url, key }), url, publicKey, webhookSecret })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 4000) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
)
