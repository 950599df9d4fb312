import type { Answers } from '../forms/check-fields.ts'
import type { Field } from '../forms/form.ts'
import type { Reason } from '../submissions/verdict.ts'
import { isDisposable } from './disposable.ts'
import { isWithin } from './domain.ts'
import { fold, hasPhrase } from './fold.ts'
import { hasMarkup, isDisguised, isOwnSite, type Link, linksIn } from './links.ts'
import type { SpamSettings } from './settings.ts'

/** What somebody wrote, read once for all rules. */
export interface Content {
  /** Answers that are words of the visitor's own, by field. */
  texts: { field: Field; text: string; folded: string }[]
  email: string
  /** Links but for those in fields that ask for one. */
  links: Link[]
  /** Links that nothing says are the sender's own. */
  strange: Link[]
  /** The folded names of the person and their company. */
  names: string[]
}

/** By their names, which the columns of a lead have too. */
const personal = new Set(['name', 'firstName', 'lastName', 'first_name', 'last_name', 'fullName', 'full_name'])
const isName = ({ name }: Field) => personal.has(name)
const isCompany = ({ name }: Field) => name === 'company' || name === 'organization' || name === 'organisation'

/** A field that asks where somebody is found in the web. */
const asksForLink = ({ name, label, type, autocomplete }: Field) =>
  type !== 'textarea' &&
  (autocomplete === 'url' ||
    /\b(?:web|url|link|links|site|homepage|domain|blog|portfolio|profil|profile|linkedin|instagram|github)\b|web-?site|webseite/i.test(
      `${name.replace(/([a-z])([A-Z])|_/g, '$1 $2')} ${label}`,
    ))

export function readContent(fields: Field[], answers: Answers): Content {
  const given = fields.flatMap((field) => {
    const text = answers[field.name]
    return typeof text === 'string' && text !== '' ? [{ field, text }] : []
  })
  const texts = given
    .filter(({ field: { type } }) => type === 'text' || type === 'textarea')
    .map(({ field, text }) => ({ field, text, folded: fold(text) }))
  const email = given.find(({ field }) => field.type === 'email')?.text ?? ''
  const links = texts.flatMap(({ field, text }) => (asksForLink(field) ? [] : linksIn(text)))
  const names = texts.flatMap(({ field, folded }) => (isName(field) || isCompany(field) ? [folded] : []))
  const folded = links.length > 0 ? texts.map(({ folded }) => folded).join('\n') : ''
  return { texts, email, links, names, strange: links.filter((link) => !isOwnSite(link, { folded, email, names })) }
}

/** What is wrong with what was written, by itself and without comparing it with anybody else's. */
export async function judgeContent(content: Content, settings: SpamSettings): Promise<Reason[]> {
  const { texts, email, links } = content
  const reasons: Reason[] = []
  const places = new Set(links.map(({ text }) => text.toLowerCase()))
  if (settings.maxLinks !== null && places.size > settings.maxLinks) reasons.push('too_many_links')
  if (texts.some(linksInName)) reasons.push('link_in_name')
  if (texts.some(({ text }) => hasMarkup(text))) reasons.push('link_markup')
  if (texts.some(({ text }) => isDisguised(text))) reasons.push('link_disguised')
  if (settings.blockedWords.length > 0 && hasBlockedWord(texts, settings.blockedWords)) reasons.push('blocked_word')
  if (settings.blockedDomains.length > 0 && hasBlockedDomain(content, settings.blockedDomains))
    reasons.push('blocked_domain')
  if (settings.holdDisposable && email && (await isDisposable(email))) reasons.push('disposable_email')
  if (isRepeatedInFields(texts)) reasons.push('same_in_fields')
  if (texts.some(isGibberish)) reasons.push('gibberish')
  return reasons
}

type Texts = Content['texts']

/** Companies are named like sites; a person is not, and neither is an address. */
function linksInName({ field, text }: Texts[number]): boolean {
  if (isName(field)) return linksIn(text).length > 0
  return isCompany(field) && linksIn(text).some(({ text }) => /:\/\//.test(text) || /^www\..*\/./i.test(text))
}

function hasBlockedWord(texts: Texts, words: string[]): boolean {
  const phrases = words.map(fold)
  return texts.some(({ folded }) => hasPhrase(folded, phrases))
}

function hasBlockedDomain({ texts, email }: Content, domains: string[]): boolean {
  const blocked = new Set(domains)
  const written = texts.flatMap(({ text }) => [...linksIn(text).map(({ domain }) => domain), ...mailDomainsIn(text)])
  return [email.slice(email.lastIndexOf('@') + 1), ...written].some((domain) => domain && isWithin(domain, blocked))
}

const mailDomainsIn = (text: string) =>
  [...text.matchAll(/@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi)].map(([, domain]) => domain!.toLowerCase())

/**
 * Programs write the same everywhere. People write their name as their company's or in both of its parts, a short word
 * twice, and a question as its own subject.
 */
function isRepeatedInFields(texts: Texts): boolean {
  const others = texts.filter(({ field }) => !isCompany(field))
  const names = others.filter(({ field }) => isName(field)).map(({ folded }) => folded.trim())
  const rest = others.filter(({ field }) => !isName(field)).map(({ folded }) => folded.trim())
  if (rest.some((text) => text.length >= 5 && names.includes(text))) return true
  const counts = new Map<string, number>()
  for (const text of rest) if (text.length >= 5) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].some(([text, count]) => count >= 3 || (count === 2 && text.length >= 60))
}

/** `XrQvTzPlKm`: small and capital letters in no order, as some programs fill fields. No name and no abbreviation is written so. */
function isGibberish({ field, text }: Texts[number]): boolean {
  if (!isName(field) && /\s/.test(text.trim())) return false
  return text.split(/\s+/).some((word) => /^[A-Za-z]{8,}$/.test(word) && (word.match(/[a-z][A-Z]/g)?.length ?? 0) >= 3)
}
