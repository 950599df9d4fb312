import { isbot } from 'isbot'

/** Browsers that show text alone, and what runs our own SDK where a site's server passes on what its visitors wrote. */
const honest = /^(?:Lynx|w3m|ELinks|Links)\b|^(?:node|undici|Bun|Deno|Cloudflare-Workers)(?:$|[/ ])/

/** Whether a user agent says that it is a bot, a script or a browser without a screen. Nothing said is no sign. */
export function isBotAgent(userAgent: string | undefined): boolean {
  return userAgent !== undefined && !honest.test(userAgent) && isbot(userAgent)
}
