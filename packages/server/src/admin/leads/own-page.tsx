import { Code } from '../code.tsx'

/** The way to the page where a person says what may be sent to them. */
export function OwnPage({ link }: { link: string }) {
  return (
    <section class="card" aria-labelledby="own-page">
      <h2 id="own-page">Their own page</h2>
      <details class="more">
        <summary>Link for a message to them</summary>
        <p class="muted">
          There they choose what is sent to them, and ask for their data. Whoever has the link can, so send it to nobody
          else.
        </p>
        <Code id="own-page-link">{link}</Code>
      </details>
    </section>
  )
}
