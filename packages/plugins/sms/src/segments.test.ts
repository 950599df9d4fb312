import { expect, test } from 'vitest'
import { segmentsOf } from './segments.ts'

test.each([
  ['nothing', '', 'GSM-7', 1, 160],
  ['160 of seven bits', 'a'.repeat(160), 'GSM-7', 1, 0],
  ['161 of seven bits', 'a'.repeat(161), 'GSM-7', 2, 145],
  ['306 of seven bits', 'a'.repeat(306), 'GSM-7', 2, 0],
  ['307 of seven bits', 'a'.repeat(307), 'GSM-7', 3, 152],
  ['the basic alphabet', '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà', 'GSM-7', 1, 118],
  ['80 of the extension', '€'.repeat(80), 'GSM-7', 1, 0],
  ['81 of the extension', '€'.repeat(81), 'GSM-7', 2, 143],
  ['one of the extension that would be cut in half', `${'a'.repeat(152)}€${'a'.repeat(10)}`, 'GSM-7', 2, 141],
  ['70 of sixteen bits', 'ж'.repeat(70), 'UCS-2', 1, 0],
  ['71 of sixteen bits', 'ж'.repeat(71), 'UCS-2', 2, 63],
  ['135 of sixteen bits', 'ж'.repeat(135), 'UCS-2', 3, 66],
  ['35 surrogate pairs', '🎉'.repeat(35), 'UCS-2', 1, 0],
  ['36 surrogate pairs: 33 in the first', '🎉'.repeat(36), 'UCS-2', 2, 61],
  ['a curly quote', 'It’s', 'UCS-2', 1, 66],
  ['a backtick, which is none', '`', 'UCS-2', 1, 69],
])('%s', (_, body, encoding, segments, left) => {
  expect(segmentsOf(body)).toEqual({ encoding, segments, left, characters: [...body].length })
})
