/** Letters of other scripts that look like Latin ones, which is how words are hidden from lists. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ...pairs('аαɑ', 'a'),
  ...pairs('еε', 'e'),
  ...pairs('оοσ', 'o'),
  ...pairs('рρ', 'p'),
  ...pairs('с', 'c'),
  ...pairs('уγ', 'y'),
  ...pairs('хχ', 'x'),
  ...pairs('іιı', 'i'),
  ...pairs('ѕ', 's'),
  ...pairs('ј', 'j'),
  ...pairs('кκ', 'k'),
  ...pairs('м', 'm'),
  ...pairs('тτ', 't'),
  ...pairs('в', 'b'),
  ...pairs('н', 'h'),
  ...pairs('νѵ', 'v'),
])

function pairs(letters: string, latin: string): [string, string][] {
  return [...letters].map((letter) => [letter, latin])
}

/** Text as it is compared: small letters without accents, nothing that cannot be seen, and no look-alikes inside of Latin words. */
export function fold(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{Mn}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is ASCII needs no look at its letters
  if (/^[\x00-\x7f]*$/.test(plain)) return plain
  return plain.replace(/[\p{L}]+/gu, (word) =>
    /[a-z]/.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}ı]/u.test(word)
      ? [...word].map((letter) => lookalikes.get(letter) ?? letter).join('')
      : word,
  )
}

/** The words of folded text, in their order; of scripts without spaces, pairs of letters. */
export function wordsOf(folded: string): string[] {
  return (folded.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => (unspaced.test(word) ? bigrams(word) : [word]))
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

function bigrams(word: string): string[] {
  const letters = [...word]
  return letters.length < 2 ? [word] : letters.slice(1).map((letter, i) => letters[i]! + letter)
}

/** Whether one of these words or phrases stands in the text, as a whole. */
export function hasPhrase(folded: string, phrases: string[]): boolean {
  const text = spaced(folded)
  return phrases.some((phrase) => (unspaced.test(phrase) ? folded.includes(phrase) : text.includes(spaced(phrase))))
}

const spaced = (folded: string) => ` ${(folded.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `
