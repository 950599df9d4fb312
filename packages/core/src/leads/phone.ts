import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import { invalid } from '../errors.ts'

/** In characters. Of longer text the pattern would try each of its stretches of spaces again and again. */
const longest = 100

export const isCountry = (code: string): code is CountryCode => isSupportedCountry(code)

/** Those of ISO 3166-1 whose numbers can be read. */
export const countries: readonly string[] = getCountries()

/**
 * The form of a phone number that identity goes by: E.164 where it is one (`country` reads those without a country code or
 * without the plus before it, and 00 as people of it dial it), else what was typed without its spaces and dashes. Throws `invalid_input` at `path` for what is no number at all.
 */
export function normalisePhone(text: string, country: string | null, path = 'phone'): string {
  const typed = text.trim()
  const digits = typed.length > longest ? 0 : (typed.match(/\d/g)?.length ?? 0)
  if (digits < 5 || digits > 20 || !/^\+?[\d\s().\-/]+(?:\s*(?:x|ext\.?)\s*\d{1,6})?$/i.test(typed))
    throw invalid(path, 'Enter a phone number, like +44 20 7946 0958.')
  const parsed = country && isCountry(country) ? readIn(country, typed) : parsePhoneNumberFromString(typed)
  return parsed?.isValid() ? parsed.number : typed.replace(/[\s().\-/]/g, '')
}

/** A number as people of a country write it: some leave out the plus before its code, where a mobile number could be no other one. */
function readIn(country: CountryCode, typed: string) {
  const dialled = parsePhoneNumberFromString(typed, country)
  if (!typed.startsWith(getCountryCallingCode(country)) || mobile.has(dialled?.getType())) return dialled
  const whole = parsePhoneNumberFromString(`+${typed}`)
  return whole?.getType() === 'MOBILE' ? whole : dialled
}

const mobile = new Set<string | undefined>(['MOBILE', 'FIXED_LINE_OR_MOBILE'])
