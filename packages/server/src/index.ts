import type { Plugin } from '@leadnest/core'

export { type AppOptions, createApp } from './app.ts'
export { type Config, ConfigError, readConfig } from './config.ts'
export { type Embedded, type EmbedOptions, embed } from './embed.ts'
export { createFeed, type Feed } from './feed.ts'
export { createHealth, type Health } from './health.ts'
export { type AccessTokens, createAccessTokens } from './http/access-token.ts'
export { type Running, type StartOptions, start } from './start.ts'

/** What `leadnest.config.ts` says. */
export interface LeadNestConfig {
  plugins?: Plugin[]
}

/** Types the default export of `leadnest.config.ts`: `export default defineConfig({ plugins: [mine()] })`. */
export function defineConfig(config: LeadNestConfig): LeadNestConfig {
  return config
}
