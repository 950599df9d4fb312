import { csv } from '@leadnest/plugin-csv'
import { email } from '@leadnest/plugin-email'
import { sms } from '@leadnest/plugin-sms'
import { webhooks } from '@leadnest/plugin-webhooks'
import { defineConfig } from '@leadnest/server'

/** What this installation consists of. Plugins are listed here, and nowhere else. */
export default defineConfig({ plugins: [csv(), email(), sms(), webhooks()] })
