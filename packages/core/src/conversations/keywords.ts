import type { ChannelSettings } from '../channels/channel-settings.ts'

export type Verdict = 'stop' | 'start' | 'help'

const words: Record<Verdict, string[]> = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
}

/**
 * What a whole message is taken for, and by which word: the word alone, in any case, with spaces and marks around it; nothing
 * else, so that “stop by tomorrow” is none. YES says so many things that it counts only where a no stands.
 */
export function readKeyword(
  body: string,
  more: ChannelSettings['keywords'],
  { optedOut }: { optedOut: boolean },
): { verdict: Verdict; word: string } | undefined {
  const word = wordIn(body)
  if (word === 'YES' && !optedOut) return undefined
  for (const verdict of ['stop', 'start', 'help'] as const)
    if (words[verdict].includes(word) || more[verdict].includes(word)) return { verdict, word }
  return undefined
}

const before = /[\s"'“”‘’«»(]/u
const after = /[\s.,!?;:…"'“”‘’«»)]/u
/** No word is as long, so that a long message is not looked through. */
const longest = 60

/** What stands between the marks; step by step, for a pattern would begin anew at each of a thousand spaces. */
function wordIn(body: string): string {
  let start = 0
  let end = body.length
  while (start < end && before.test(body[start]!)) start++
  while (end > start && after.test(body[end - 1]!)) end--
  return end - start > longest ? '' : body.slice(start, end).normalize('NFC').toUpperCase()
}
