const words: ReadonlyMap<string, string> = new Map([
  ['no_token', 'It came without the form’s token, so it was probably not sent from the form.'],
  ['bad_token', 'Its form token was not one of ours, or of another form.'],
  ['token_reused', 'Its form token had been used before.'],
  ['token_expired', 'The form had been open too long when it was sent.'],
  ['too_fast', 'It was filled in faster than a person types.'],
  ['awaiting_confirmation', 'It waits until the person follows the link that is sent to them.'],
  ['trap_filled', 'A field that people cannot see was filled in.'],
  ['no_proof', 'The proof of work that the form asks for was missing.'],
  ['bad_proof', 'The proof of work was wrong.'],
  ['bot_agent', 'The browser says that it is a bot, a script, or runs without a screen.'],
  ['too_many_links', 'It has more links than the form allows.'],
  ['link_in_name', 'There is a link where a name belongs.'],
  ['link_markup', 'It has links in HTML, BBCode or Markdown.'],
  ['link_disguised', 'It has links that are written so that programs miss them.'],
  ['blocked_word', 'It has a word that the form blocks.'],
  ['blocked_domain', 'It comes from or links to a site that the form blocks.'],
  ['disposable_email', 'The e-mail address is of a provider whose addresses are thrown away.'],
  ['same_in_fields', 'The same text stands in several fields.'],
  ['gibberish', 'The name or the text is random letters.'],
  ['repeated_text', 'Others sent the same text shortly before.'],
  ['similar_text', 'Others sent nearly the same text shortly before.'],
  ['repeated_link', 'Others linked to the same site shortly before.'],
  ['links_at_once', 'Several others sent links at the same time.'],
  ['many_from_address', 'Many people wrote from the same network address within minutes.'],
  ['tokens_at_once', 'The form was opened many times in the same second from the same network address.'],
  ['many_from_sender', 'The same sender wrote many different things within minutes.'],
  ['held_by_plugin', 'A plugin of this installation held it.'],
  ['marked_as_spam', 'Somebody of the team took it for spam.'],
])

/** A reason's code in a sentence; a code from elsewhere, such as a plugin, is shown as it is. */
export function inPlainWords(reason: string): string {
  return words.get(reason) ?? reason
}
