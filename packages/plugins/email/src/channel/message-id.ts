/** The Message-ID of a message: the same for every try, so that whoever got it twice knows. */
export const messageIdOf = (id: string, from: string) => `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`

/** Which of our messages are meant by such ids, the last first; an id of ours alone will do. */
export const oursIn = (text: string): string[] =>
  [...text.matchAll(/(?:^|<)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@[^\s<>]+>?)?/gi)]
    .map(([, id]) => id!.toLowerCase())
    .reverse()

/** The Message-ID that an answer names, of what a mail was handed in by; undefined where that is none, as a hash of ours. */
export function threadIn(providerId: string | null): string | undefined {
  const [, id] = /^<?([\x21-\x3b\x3d\x3f-\x7e]{1,480}@[\x21-\x3b\x3d\x3f-\x7e]{1,480})>?$/.exec(providerId ?? '') ?? []
  return id && `<${id}>`
}
