import type { Measure } from '@leadnest/core/plugin'

/** GSM 03.38: what takes one of seven bits, and what takes two of them. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('^{}\\[~]|€\f')

/** How many units a text may have that is one segment, and each of several. */
const room = { 'GSM-7': { one: 160, many: 153 }, 'UCS-2': { one: 70, many: 67 } }

/** What a text comes to as an SMS: its segments, and what is left in the last one. */
export function segmentsOf(body: string): Measure {
  const characters = [...body]
  const encoding = characters.every((one) => basic.has(one) || extension.has(one)) ? 'GSM-7' : 'UCS-2'
  // Two septets of the extension, or two halves of a surrogate pair.
  const sizes = characters.map((one) => (encoding === 'GSM-7' ? (extension.has(one) ? 2 : 1) : one.length))
  const { one, many } = room[encoding]
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= one) return { segments: 1, encoding, characters: characters.length, left: one - total }
  let segments = 1
  let used = 0
  for (const size of sizes) {
    // What takes two units is never cut in half.
    if (used + size > many) {
      segments += 1
      used = 0
    }
    used += size
  }
  return { segments, encoding, characters: characters.length, left: many - used }
}
