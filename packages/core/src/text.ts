/** What people wrote, as it is stored and looked for: trimmed, NFC; nothing that can be seen is empty. */
export const plain = (text: string): string =>
  /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*$/u.test(text) ? '' : text.trim().normalize('NFC')
