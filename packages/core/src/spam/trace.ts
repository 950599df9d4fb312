import { hash } from 'node:crypto'
import type { Core } from '../core.ts'
import type { Answers } from '../forms/check-fields.ts'
import type { Person } from '../leads/person.ts'
import type { Keyring } from '../secrets.ts'
import type { Content } from './content.ts'
import { wordsOf } from './fold.ts'

/** What the door knows of the browser. */
export interface Client {
  /** As limits count it: IPv4, or the /64 of IPv6. Left out where it says nothing, as behind a proxy that is not told of. */
  address?: string | undefined
  userAgent?: string | undefined
}

/** What is remembered for a day of what was sent, to compare it with others: keyed hashes, nothing that somebody wrote. */
export interface Trace {
  sender: number | null
  client: number | null
  answers: number
  issuedAt: number
  text: number | null
  sketch: Uint16Array | null
  links: number[]
}

/** A trace to be compared: also what is not stored. */
export interface Fresh extends Trace {
  at: number
  /** The client under the salt of ten minutes ago, which is another one just after midnight. */
  clientBefore: number | null
  length: number
}

/** How long a client's address counts, in ms. */
export const shortly = 10 * 60_000

/** Shorter texts are what people write: "Please call me back". */
const worthComparing = 24
const worthSketching = 6

export function traceOf(
  core: Core,
  content: Content,
  {
    person,
    answers,
    client,
    issuedAt,
    at,
  }: { person: Person; answers: Answers; client: Client | undefined; issuedAt: number; at: Date },
): Fresh {
  const keyed = hashWith(core.keyring)
  const sender = person.email ?? person.phone
  const address = client?.address
  const clientOn = (day: string) => (address ? keyed('client', `${day} ${address}`) : null)
  const [today, before] = [at.getTime(), at.getTime() - shortly].map((time) =>
    new Date(time).toISOString().slice(0, 10),
  )
  const here = clientOn(today!)
  const words = longTextOf(content)
  const text = words.join(' ')
  const different = new Set(words)
  return {
    at: at.getTime(),
    sender: sender ? keyed('sender', sender) : null,
    client: here,
    clientBefore: before === today ? here : clientOn(before!),
    answers: keyed('answers', JSON.stringify(answers)),
    issuedAt,
    text: text.length >= worthComparing ? keyed('text', text) : null,
    length: text.length,
    sketch: different.size >= worthSketching ? sketch(different, keyed('sketch', '')) : null,
    links: [...new Set(content.strange.map(({ domain }) => keyed('link', domain)))].slice(0, 8),
  }
}

/** The words of what was written at length, without what floods vary: digits, links, addresses, the sender's own names. */
function longTextOf({ texts, names }: Content): string[] {
  const long = texts.filter(({ field, text }) => field.type === 'textarea' || (text.length >= 100 && /\s/.test(text)))
  const own = new Set(names.flatMap(wordsOf).filter((word) => word.length > 2))
  const folded = long
    .map(({ folded }) => folded.slice(0, 4000))
    .join('\n')
    .replace(/(?:[a-z][a-z0-9+.-]{1,15}:\/\/|www\.)\S+/g, ' link ')
    .replace(/[^\s@]{1,64}@\S{1,255}/g, ' mail ')
  return wordsOf(folded).flatMap((word) => (own.has(word) ? [] : /[0-9]/.test(word) ? '0' : word))
}

const slots = 16

/**
 * The least of 16 keyed hashes of all words: the share of equal slots of two sketches is about the share of their common
 * words, and no word can be read from them.
 */
function sketch(words: Set<string>, key: number): Uint16Array {
  const seeds = new Uint32Array(slots)
  for (let slot = 0; slot < slots; slot++) seeds[slot] = mix(key + slot)
  const least = new Uint32Array(slots).fill(0xffffffff)
  for (const word of words) {
    let hash = 0x811c9dc5
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
    for (let slot = 0; slot < slots; slot++) {
      const mixed = mix(hash ^ seeds[slot]!)
      if (mixed < least[slot]!) least[slot] = mixed
    }
  }
  return Uint16Array.from(least, (value) => value & 0xffff)
}

const secrets = new WeakMap<Keyring, string>()

/** 48 bits of a keyed hash. Faster than an HMAC; what the outside never sees needs no more. */
function hashWith(keyring: Keyring) {
  const secret = secrets.get(keyring) ?? keyring.sign('spam', 'traces')
  secrets.set(keyring, secret)
  return (kind: string, value: string) =>
    Number.parseInt(hash('sha256', `${secret} ${kind} ${value}`, 'hex').slice(0, 12), 16)
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** From 0 to 1. */
export function likeness(one: Uint16Array, other: Uint16Array): number {
  let equal = 0
  for (let slot = 0; slot < slots; slot++) if (one[slot] === other[slot]) equal++
  return equal / slots
}
