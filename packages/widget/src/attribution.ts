import type { Attribution } from '@leadnest/sdk'

const campaign = ['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent', 'utmId'] as const
const clickIds = ['gclid', 'dclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid'] as const

/** Where the visitor came from, read from the page when the form is sent: nothing is stored before, or ever. */
export function collectAttribution(): Attribution {
  const search = new URLSearchParams(location.search)
  const found: Attribution = {}
  const keep = (name: keyof Attribution, value: string | null, length: number) => {
    if (value) found[name] = value.slice(0, length)
  }
  for (const name of [...campaign, ...clickIds]) keep(name, search.get(name.replace(/[A-Z]/, '_$&').toLowerCase()), 500)
  keep('referrer', document.referrer, 2048)
  keep('landingPage', location.href.split('#')[0]!, 2048)
  return found
}
