import { type CountryCode, getCountries, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { invalid } from '../errors.ts'

/** In characters. Of longer text the pattern would try each of its stretches of spaces again and again. */
const longest = 100

export const isCountry = (code: string): code is CountryCode => isSupportedCountry(code)

/** Those of ISO 3166-1 whose numbers can be read. */
export const countries: readonly string[] = getCountries()

/**
 * The form of a phone number that identity goes by: E.164 where it is one (`country` reads those without a country code,
 * and 00 as people of it dial it), else what was typed without its spaces and dashes. Throws `invalid_input` at `path` for what is no number at all.
 */
export function normalisePhone(text: string, country: string | null, path = 'phone'): string {
  const typed = text.trim()
  const digits = typed.length > longest ? 0 : (typed.match(/\d/g)?.length ?? 0)
  if (digits < 5 || digits > 20 || !/^\+?[\d\s().\-/]+(?:\s*(?:x|ext\.?)\s*\d{1,6})?$/i.test(typed))
    throw invalid(path, 'Enter a phone number, like +44 20 7946 0958.')
  const parsed = parsePhoneNumberFromString(typed, country && isCountry(country) ? country : undefined)
  return parsed?.isValid() ? parsed.number : typed.replace(/[\s().\-/]/g, '')
}
