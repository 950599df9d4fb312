import type { Lead } from '@leadnest/core'

type Attribution = NonNullable<Lead['attribution']['first']>

/** Where somebody came from, in a word or two: the campaign's source, else the site that linked here. */
export function sourceOf(attribution: Attribution | null): { name: string; detail?: string } | undefined {
  if (!attribution) return undefined
  const detail = attribution.utmCampaign ?? attribution.utmMedium
  if (attribution.utmSource) return { name: attribution.utmSource, ...(detail && { detail }) }
  const referrer = webAddress(attribution.referrer)
  return { name: referrer?.host ?? 'Direct', ...(detail && { detail }) }
}

export function Source({ attribution }: { attribution: Attribution | null }) {
  const source = sourceOf(attribution)
  if (!source) return <span class="muted">—</span>
  return (
    <>
      {source.name}
      {source.detail && <small>{source.detail}</small>}
    </>
  )
}

const names: Record<keyof Attribution, string> = {
  utmSource: 'Source',
  utmMedium: 'Medium',
  utmCampaign: 'Campaign',
  utmTerm: 'Term',
  utmContent: 'Content',
  utmId: 'Campaign id',
  gclid: 'Google click',
  dclid: 'Display click',
  gbraid: 'Google app click',
  wbraid: 'Google web click',
  fbclid: 'Facebook click',
  msclkid: 'Microsoft click',
  ttclid: 'TikTok click',
  referrer: 'Came from',
  landingPage: 'Landed on',
}

/** One touch in full. */
export function Touch({ title, touch }: { title: string; touch: Attribution | null }) {
  const known = (Object.keys(names) as (keyof Attribution)[]).filter((key) => touch?.[key])
  return (
    <>
      <h3>{title}</h3>
      {known.length === 0 && <p class="muted">{touch ? 'Direct, without a campaign' : 'Unknown'}</p>}
      {known.length > 0 && (
        <dl class="facts">
          {known.map((key) => (
            <div>
              <dt>{names[key]}</dt>
              <dd>
                <VisitorText text={touch?.[key] ?? ''} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}

/** Text from a visitor; a link only where it is one of the web, because `javascript:` is an address too. */
function VisitorText({ text }: { text: string }) {
  if (!webAddress(text)) return <>{text}</>
  return (
    <a href={text} rel="noreferrer nofollow" target="_blank">
      {text}
    </a>
  )
}

function webAddress(text: string | undefined): URL | undefined {
  if (!text || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
