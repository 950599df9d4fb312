/** What people wrote, as it is stored and looked for: trimmed, NFC; nothing that can be seen is empty. */
export function plain(text: string): string {
  if (/^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*$/u.test(text)) return ''
  // Of marks on one letter, which NFC puts in order, no word has so many: thirty thousand of them would take it a second.
  const isPiled = text.length > 1000 && /\p{M}{100}/u.test(text)
  return isPiled ? text.trim() : text.trim().normalize('NFC')
}
