const words: ReadonlyMap<string, string> = new Map([
  ['no_token', 'It came without the form’s token, so it was probably not sent from the form.'],
  ['bad_token', 'Its form token was not one of ours.'],
  ['token_reused', 'Its form token had been used before.'],
  ['token_expired', 'The form had been open too long when it was sent.'],
  ['too_fast', 'It was filled in faster than a person types.'],
  ['awaiting_confirmation', 'It waits until the person follows the link that is sent to them.'],
  ['trap_filled', 'A field that people cannot see was filled in.'],
])

/** A reason's code in a sentence; a code from elsewhere, such as a plugin, is shown as it is. */
export function inPlainWords(reason: string): string {
  return words.get(reason) ?? reason
}
