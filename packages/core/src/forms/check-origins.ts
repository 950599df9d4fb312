import { LeadNestError } from '../errors.ts'

/**
 * The sites of these lines, each once: a page's address is taken too, and cut to its origin. Throws `invalid_input` with
 * an issue at `origins.<line>` for each that is no site.
 */
export function checkOrigins(lines: string[]): string[] {
  const given = lines.map((line) => line.trim()).filter(Boolean)
  const origins = given.map((line) => (URL.canParse(line) ? new URL(line) : undefined))
  const issues = origins.flatMap((url, i) =>
    url && /^https?:$/.test(url.protocol) && !url.hostname.includes('*')
      ? []
      : [
          {
            path: `origins.${i}`,
            message: `“${given[i]!.slice(0, 100)}” is no origin. Write it like https://www.example.com.`,
          },
        ],
  )
  if (given.length > 100) issues.push({ path: 'origins', message: 'At most 100 sites.' })
  if (issues.length > 0) throw new LeadNestError('invalid_input', issues[0]!.message, { issues })
  return [...new Set(origins.map((url) => url!.origin))]
}
