import type { Reason } from '../submissions/verdict.ts'
import { type Fresh, likeness, shortly, type Trace } from './trace.ts'

/** A trace that was left before, and when. */
export type Left = Trace & { at: number }

/** How many of the last submissions of a form are looked at. */
export const lookBack = 300

const minute = 60_000
const hour = 60 * minute

/**
 * What speaks against a submission when it is compared with those before it on the same form: the same sender or address
 * too often, the same or nearly the same text by others, links by many at once. `before` is newest first or in any order.
 *
 * The limits leave room for people: ten colleagues behind one address, a text that a page has filled in for a few visitors.
 * Whatever comes above them is held, also when it is the person that a flood hides.
 */
export function judgeRepetition(fresh: Fresh, before: readonly Left[]): Reason[] {
  const reasons: Reason[] = []
  const { earlier, neighbours, equal, sketched, linking } = sort(fresh, before)
  const isRecent = ({ at }: Left) => fresh.at - at < shortly

  if (countSenders(neighbours) >= 10) reasons.push('many_from_address')
  // Whoever fetches many tokens at once does not read the pages that they come with.
  const together = neighbours.filter(({ issuedAt }) => Math.abs(issuedAt - fresh.issuedAt) < 1000)
  if (countSenders(together) >= 4) reasons.push('tokens_at_once')
  if (new Set(earlier.filter(isRecent).map(({ answers }) => answers)).size >= 8) reasons.push('many_from_sender')

  const again = fresh.text === null ? [] : earlier.filter(({ text }) => text === fresh.text)
  if (isFlood(fresh, equal) || again.length >= 5) reasons.push('repeated_text')
  if (fresh.sketch !== null && isAlike(fresh, sketched)) reasons.push('similar_text')

  if (linking.filter(({ links }) => links.some((link) => fresh.links.includes(link))).length >= 3)
    reasons.push('repeated_link')
  else if (linking.filter(isRecent).length >= 3) reasons.push('links_at_once')
  return reasons
}

/** Those before by what they may have in common with this one, in one walk: it is done for each submission. */
function sort(fresh: Fresh, before: readonly Left[]) {
  const sorted = {
    /** Other things that the same sender sent. The same once more is somebody who pressed twice: it makes no other lead. */
    earlier: [] as Left[],
    /** Others at the same address. */
    neighbours: [] as Left[],
    /** Others with the same text. */
    equal: [] as Left[],
    sketched: [] as Left[],
    linking: [] as Left[],
  }
  const textWindow = isLong(fresh) ? 24 * hour : hour
  for (const one of before) {
    const age = fresh.at - one.at
    if (isSame(fresh, one.sender, one.client)) {
      if (age < hour && one.answers !== fresh.answers) sorted.earlier.push(one)
      continue
    }
    if (age < shortly && isClient(fresh, one.client)) sorted.neighbours.push(one)
    if (fresh.text !== null && one.text === fresh.text && age < textWindow) sorted.equal.push(one)
    if (fresh.sketch !== null && one.sketch !== null && age < hour) sorted.sketched.push(one)
    if (fresh.links.length > 0 && one.links.length > 0 && age < 24 * hour) sorted.linking.push(one)
  }
  return sorted
}

/**
 * Whether this is what a few others may have written too: people do where it is short, as a page's own example is, and from
 * the same place; never at length, and seldom from many places at once.
 */
function isFlood(fresh: Fresh, others: Left[]): boolean {
  if (isLong(fresh) || fresh.links.length > 0) return others.length >= 3
  const places = new Set(others.flatMap(({ client }) => (client === null || isClient(fresh, client) ? [] : client)))
  const unknown = others.filter(({ client }) => client === null).length
  return others.length >= 10 || places.size + unknown / 2 >= (fresh.length >= 40 ? 4 : 8)
}

const isLong = ({ length }: Fresh) => length >= 160

/** `others` have sketches, as this one has. */
function isAlike(fresh: Fresh, others: Left[]): boolean {
  const alike: Left[] = []
  let [rush, common] = [0, 0]
  for (const other of others) {
    const share = likeness(other.sketch!, fresh.sketch!)
    if (share >= 0.5) alike.push(other)
    if (fresh.at - other.at >= minute) continue
    rush++
    common += share
  }
  if (isFlood(fresh, alike)) return true
  // In a rush, a text that has a good part of its words from each of the others is made of the same parts. What people
  // write to one form has a tenth in common.
  return (rush >= 6 && common / rush >= 0.25) || (rush >= 12 && common / rush >= 0.2)
}

/** How many people they say they are; who says nothing counts each time. */
const countSenders = (traces: Left[]) =>
  new Set(traces.map(({ sender }, i) => (sender === null ? `nobody ${i}` : sender))).size

const isClient = ({ client, clientBefore }: Fresh, other: number | null) =>
  other !== null && (other === client || other === clientBefore)

/** The same person again: by what they call themselves, else by where they write from. */
const isSame = (fresh: Fresh, sender: number | null, client: number | null) =>
  fresh.sender !== null || sender !== null ? fresh.sender === sender : isClient(fresh, client)
