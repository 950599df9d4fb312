/** How a number is written by the sign before its decimals: groups of three, if any, are told apart by another one; in India of two, before the last three. */
const written = {
  ',': /^[+-]?(?:\d*|\d{1,3}(?:([.\s'’])\d{3})(?:\1\d{3})*)(?:,\d+)?$/,
  '.': /^[+-]?(?:\d*|\d{1,3}(?:([,\s'’])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d+)?$/,
}

const currencies = new Set(Intl.supportedValuesOf('currency'))
const currency = String.raw`[A-Z]{0,3}\p{Sc}|[A-Z]{3}`
const amount = new RegExp(String.raw`^([+-]?)\s*(${currency})?\s*([+-]?)([\d.,].*?)\s*(${currency}|%)?$`, 'u')

/** In characters. Of longer text the pattern would try each of its stretches of spaces again and again. */
const longest = 64

/** `1.234,50` of `€ 1.234,50`, and `12` of `12 %`: a currency and a percent sign say what is counted, and not how many. In brackets accountants write what is less than nothing; zeros in front are of a code. */
export function bareNumber(text: string): string {
  const given = text.trim().replace('−', '-')
  if (given.length > longest) return given
  const signed = given.replace(/^([^\d()]*)\(((?!0\d)[^()+-]+)\)(?=\D*$)/, '-$1$2')
  const [, sign, before, inner, number, behind] = amount.exec(signed) ?? []
  const isUnit = (unit: string | undefined) => !unit || !/^[A-Z]{3}$/.test(unit) || currencies.has(unit)
  if (number === undefined || (sign && inner) || !isUnit(before) || !isUnit(behind)) return given
  return `${sign || inner}${number}`
}

/** `1.234,5` as `1234.5`, where somebody said how decimals are written; what is written otherwise is refused, not guessed. */
export function readNumber(text: string, decimal: ',' | '.' | undefined): { number: string } | { issue: string } {
  const bare = bareNumber(text)
  if (!decimal)
    return bare !== text && /^[+-]?\d{1,3}\.\d{3}$/.test(bare)
      ? { issue: 'Say what stands before the decimals, a comma or a full stop: decimal , or .' }
      : { number: withZero(bare) }
  if (written[decimal].test(bare))
    return { number: withZero(bare.replace(decimal === ',' ? /[.\s'’+]/g : /[,\s'’+]/g, '').replace(',', '.')) }
  const example = decimal === ',' ? '1.234,5' : '1,234.5'
  return { issue: `This is no number with “${decimal}” before its decimals, like ${example}.` }
}

/** `0.5` of `.5`. */
const withZero = (number: string) => number.replace(/^(-?)(?=\.)/, (sign) => `${sign}0`)
