import * as v from 'valibot'
import { normaliseDomain } from './domain.ts'

const count = (most: number) =>
  v.pipe(
    v.number('Use a whole number.'),
    v.integer('Use a whole number.'),
    v.minValue(0, 'At least 0.'),
    v.maxValue(most, `At most ${most}.`),
  )

const Word = v.pipe(
  v.string(),
  v.trim(),
  v.check((word) => /[\p{L}\p{N}]/u.test(word), 'Write a word or some words.'),
  v.maxLength(100, 'At most 100 characters.'),
)

const Domain = v.pipe(
  v.string(),
  v.maxLength(260, 'At most 260 characters.'),
  v.check((text) => normaliseDomain(text) !== undefined, 'Write a domain, like example.com.'),
  v.transform((text) => normaliseDomain(text)!),
)

const list = <S extends v.GenericSchema<string, string>>(item: S) =>
  v.pipe(
    v.array(item),
    v.maxLength(500, 'At most 500.'),
    v.transform((items) => [...new Set(items)]),
  )

/** What the visitors of a form may send without being held. */
export const SpamSettings = v.strictObject({
  /** How many zero bits the hash of a proof of work begins with; 0 asks for none. Each bit doubles the work: 16 is about a second of a visitor's browser, begun at the first touch. */
  proofBits: count(20),
  /** How many links the answers may have together; `null` for any number. */
  maxLinks: v.nullable(count(100)),
  blockedWords: list(Word),
  /** Sites that are neither linked to nor written from, with all below them. */
  blockedDomains: list(Domain),
  /** Hold what comes from throw-away e-mail addresses. */
  holdDisposable: v.boolean('Use true or false.'),
  /** Hold what comes too often: from one address, with the same text, in a flood. */
  holdRepeats: v.boolean('Use true or false.'),
})

export type SpamSettings = v.InferOutput<typeof SpamSettings>

export const usualSpamSettings: SpamSettings = {
  proofBits: 0,
  maxLinks: 2,
  blockedWords: [],
  blockedDomains: [],
  holdDisposable: true,
  holdRepeats: true,
}
