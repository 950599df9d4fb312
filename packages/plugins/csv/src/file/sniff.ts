import { delimiters } from './dialect.ts'

/** How likely a file is CSV: by its name and type, else by its first line. It takes what nobody else does. */
export function sniff(head: Uint8Array, { name, type }: { name: string; type: string }): number {
  if (/\.(csv|tsv|tab)$/i.test(name) || /^text\/(csv|tab-separated-values)\b/i.test(type)) return 0.8
  const [first = ''] = Buffer.from(head)
    .toString('latin1')
    .split(/[\r\n]/, 1)
  if (/^\s*[[{<]/.test(first)) return 0.05
  return /\.txt$/i.test(name) ? 0.8 : delimiters.some((delimiter) => first.includes(delimiter)) ? 0.5 : 0.1
}
