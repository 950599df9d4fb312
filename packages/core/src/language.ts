import * as v from 'valibot'

/** A BCP 47 tag, as in `en` or `pt-BR`. */
export const Language = v.pipe(
  v.string(),
  v.check((tag) => isLanguage(tag), 'Use a language tag, as in en or pt-BR.'),
)

function isLanguage(tag: string): boolean {
  try {
    return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(tag) !== undefined
  } catch {
    return false
  }
}
