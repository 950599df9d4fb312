import * as v from 'valibot'

const price = (title: string, description: string) =>
  v.optional(
    v.nullable(v.pipe(v.number(), v.minValue(0, 'At least 0.'), v.title(title), v.description(description))),
    null,
  )

/** “contact; 5; Welcome”: the form, the minutes, the name of the template. */
const followUp = /^([^;]+);\s*(\d{1,5})\s*;([^;]+)$/

/** What every provider's settings end with. */
export const commonEntries = {
  pricePerSegment: price('Price of a segment', 'As in 0.0083: shown while somebody writes. Empty shows none.'),
  pricePerMms: price('Price of a message with files', 'As in 0.02.'),
  currency: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'Three capital letters, as USD.'), v.title('Currency')),
    'USD',
  ),
  followUps: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(followUp, 'Write the form; minutes; template, as in contact; 5; Welcome.'))),
      v.title('Texts to new leads'),
      v.description(
        'One a line: the form; how many minutes later; the name of the template. Nothing is sent where somebody wrote before. As in contact; 5; Welcome.',
      ),
    ),
    [],
  ),
  ownerPhone: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^(\+[1-9]\d{6,14})?$/, 'Write it like +442079460958.'),
      v.title('Text me about each new lead'),
      v.description('Your own phone number, with country code. Empty texts nobody.'),
    ),
    '',
  ),
}

export const CommonSettings = v.object(commonEntries)
export type CommonSettings = v.InferOutput<typeof CommonSettings>

export interface FollowUp {
  form: string
  minutes: number
  template: string
}

export const followUpsOf = ({ followUps }: CommonSettings): FollowUp[] =>
  followUps.map((line) => {
    const [, form = '', minutes = '', template = ''] = followUp.exec(line) ?? []
    return { form: form.trim(), minutes: Number(minutes), template: template.trim() }
  })
