import { isWithin, normaliseDomain } from './domain.ts'

/** A link in a text: `written` says whether it names its scheme or begins with www. */
export interface Link {
  domain: string
  text: string
  written: boolean
}

/** Endings that are sites' and no word's: in "call me.Thanks" nobody links to anything. */
const endings =
  'com|net|org|info|biz|xyz|top|online|site|website|shop|store|club|click|live|icu|vip|win|loan|bid|space|fun|pw|ru|cn|su|io|co|dev|app|ly|gl|gg|me|tk|ml|ga|cf|gq'

const written = String.raw`(?:[a-z][a-z0-9+.-]{1,15}:\/\/|www\d?\.)[^\s<>"'\[\]{}|\\^]+`
const bare = String.raw`(?<![\p{L}\p{N}@._%+-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?:${endings})(?![\p{L}\p{N}@-]|\.[\p{L}\p{N}])(?:[/?#][^\s<>"'\[\]]*)?`
const pattern = new RegExp(`${written}|${bare}`, 'giu')

/** What looks like a site and is the name of a product. */
const products = new Set(['asp.net', 'vb.net', 'ado.net', 'ml.net'])

/** What a text links to, each place once; an e-mail address is none. */
export function linksIn(text: string): Link[] {
  if (!text.includes('.')) return []
  const found = new Map<string, Link>()
  for (const [match] of text.matchAll(pattern)) {
    const domain = normaliseDomain(withoutEnd(match))
    const written = /^(?:[a-z][a-z0-9+.-]*:\/\/|www)/i.test(match)
    if (domain && !found.has(match) && (written || !products.has(domain)))
      found.set(match, { domain, text: match, written })
  }
  return [...found.values()]
}

/** Without what ends a sentence behind it. A loop: a pattern would try again from each of them. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && ').,;:!?'.includes(text[end - 1]!)) end--
  return text.slice(0, end)
}

/** Links of HTML and of forums, which a form shows as they are: only programs write them. */
export const hasMarkup = (text: string): boolean =>
  /<\s{0,9}a\s[^<>]{0,500}?href\b|<\s{0,9}(?:script|iframe|object|embed)\b[^<>]{0,500}>|<\s{0,9}(?:img|meta|form|svg)\s[^<>]{0,500}=[^<>]{0,500}>|\[\s{0,9}(?:url|link|img)\b[^\]]{0,300}\]|\[[^\]\n]{1,200}\]\(\s{0,9}(?:https?:\/\/|www\.)/i.test(
    text,
  )

/** Links that are written so that they do not look like some: hxxp://, example [dot] com. An e-mail written so is people's care. */
export const isDisguised = (text: string): boolean =>
  /\bhxxps?\b|\bh\s?t\s?t\s?p(?:\s?s)?\s{0,9}:\s{0,9}\/\s?\/\s{1,9}\S|\bhttps?\s{1,9}:\s{0,9}\/\//i.test(text) ||
  (/(?:\[|\(|\{|<)\s{0,9}(?:dot|punkt|point|punto)\s{0,9}(?:\]|\)|\}|>)\s{0,9}[a-z]{2,}/i.test(text) &&
    !/(?:\[|\(|\{|<)\s{0,9}(?:at|ät|arobase|arroba)\s{0,9}(?:\]|\)|\}|>)|@/i.test(text))

/** Whether a site is the sender's own: by their address, their name or company, or because they say so without asking for a visit. */
export function isOwnSite(
  { domain }: Link,
  { folded, email, names }: { folded: string; email: string; names: string[] },
): boolean {
  const mailDomain = email.slice(email.lastIndexOf('@') + 1)
  if (mailDomain && (isWithin(mailDomain, new Set([domain])) || isWithin(domain, new Set([mailDomain])))) return true
  const label = domain.split('.').at(-2) ?? domain
  const words = names.flatMap((name) => name.match(/[\p{L}\p{N}]{4,}/gu) ?? [])
  return words.some((word) => label.includes(word)) || (own.test(folded) && !asking.test(folded))
}

/** "our site", "my new portfolio", in the languages of the widget; of folded text. */
const own =
  /\b(?:my|our|mein|meine|meiner|meinen|meinem|unser|unsere|unserer|unseren|unserem|mon|ma|notre|nos|mi|mis|nuestro|nuestra)\s+(?:\S+\s+){0,2}?(?:\S{0,30}site|\S{0,30}seite|page|pagina|web|homepage|\S{0,30}shop|store|boutique|tienda|blog|portfolio|portafolio|business|company|firma|entreprise|empresa|profile?|profil|perfil)\b/u

const asking =
  /\b(?:visit|check out|click|go to|look at|take a look|browse|discover|sign up|register|join|order|buy|besuchen|klicken|visitez|cliquez|visite|visita|haga clic)\b/u
