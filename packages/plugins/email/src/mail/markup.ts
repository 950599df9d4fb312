import { type Html, html } from '@leadnest/core/plugin'

/** Text as simple HTML, whatever it holds: paragraphs, lines, and nothing else. */
export function markupOf(text: string, after: Html | null = null): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const [first = '', ...lines] = paragraph.split('\n')
    return html`<p>${first}${lines.map((line) => html`<br>${line}`)}</p>`
  })
  return String(html`<!doctype html><html><body>${paragraphs}${after}</body></html>`)
}
