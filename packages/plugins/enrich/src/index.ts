import { domainToUnicode } from 'node:url'
import { definePlugin } from '@leadnest/core/plugin'
import providers from 'email-providers/all.json' with { type: 'json' }
import MailChecker from 'mailchecker'
import { parse } from 'tldts'
import * as v from 'valibot'

const Settings = v.object({
  personal: v.pipe(
    v.optional(v.array(v.pipe(v.string(), v.toLowerCase())), []),
    v.title('Nobody’s company'),
    v.description('More domains that say nothing of a company, as example.net. Large mail providers are known.'),
  ),
})

/** What the list does not have, or only without its other endings. */
const others = [
  'fastmail.com',
  'posteo.de',
  'mailbox.org',
  'tutanota.com',
  'tuta.com',
  'tuta.io',
  'skiff.com',
  'duck.com',
]
const personal = new Set([...providers, ...others])

/** `ada@mail.acme-widgets.co.uk` is of Acme Widgets. Undefined where the domain is nobody's, or everybody's. */
export function companyOf(email: string, more: string[] = []): string | undefined {
  const host = domainToUnicode(email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  const { domain, domainWithoutSuffix: name, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true })
  if (!domain || !name || !(isIcann || isPrivate)) return undefined
  if ([host, domain].some((one) => personal.has(one) || more.includes(one)) || !MailChecker.isValid(email))
    return undefined
  return name.split('-').filter(Boolean).map(capitalised).join(' ')
}

/** Letters that cannot be spoken are an abbreviation: HSBC, but Acme. */
const capitalised = (word: string) =>
  /^[^aeiouy]+$/.test(word) && word.length <= 5 ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)

/** Adds the company to what was sent, where its sender named none and their address tells. */
export const enrich = () =>
  definePlugin({
    id: 'enrich',
    name: 'Company from the e-mail',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['leads:read'],
    settings: Settings,
    async beforeCapture({ fields, trusted }, { settings, leads }) {
      const email = Object.values(fields).find((value) => /^[^\s@]+@[^\s@]+$/.test(String(value)))
      const company = email && !fields.company && companyOf(String(email), settings.personal)
      if (!company) return
      // A public door only fills blanks; what a trusted server sends overwrites what is known.
      if (trusted && (await leads.list({ email: String(email), limit: 1 })).data[0]?.company) return
      return { fields: { company } }
    },
  })
