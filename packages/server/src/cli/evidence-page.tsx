import type { Evidence, Payload, ProvenEntry } from '@leadnest/core'
import { html, raw } from 'hono/html'

/** How many rows of the path the page shows; more stand in the JSON beside it. */
const shownRows = 2000

/** Evidence as one page that needs nothing else. */
export function evidencePage(evidence: Evidence): string {
  return String(html`<!doctype html>${<Page evidence={evidence} />}`)
}

function Page({ evidence }: { evidence: Evidence }) {
  const { leadId, mergedIds, workspaceId, madeAt, entries, head, keys, path } = evidence
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Evidence of consent, lead {leadId}</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <h1>Evidence of consent</h1>
        <dl>
          <Fact name="Lead">{leadId}</Fact>
          <Fact name="Merged with it">{mergedIds.join(' ')}</Fact>
          <Fact name="Workspace">{workspaceId}</Fact>
          <Fact name="Made">{madeAt}</Fact>
        </dl>
        {entries.map((entry) => (
          <Entry entry={entry} />
        ))}
        <h2>How to check it</h2>
        <ol>
          <li>
            SHA-256 of the salt (16 bytes) followed by the payload (UTF-8) is the commitment of each entry. With the
            salt in hex and the payload in a file:{' '}
            <code>{`(printf '<salt>' | xxd -r -p; cat payload) | sha256sum`}</code>
          </li>
          <li>
            SHA-256 of the hash of the row before (32 bytes) followed by the commitment (32 bytes) is the hash of a row.
            From {path.previous} over the {path.commitments.length} commitments of the path it ends in {head.hash}, the
            hash of the head.
          </li>
          <li>
            The head is a JWS (RFC 7515, EdDSA) that the key below signed; LeadNest gives its keys at{' '}
            <code>/.well-known/jwks.json</code>.
          </li>
          <li>
            <code>leadnest consent check &lt;file&gt;.json</code> does all of this, without a database. It proves what
            is here, not that it is all that was said.
          </li>
        </ol>
        <h2>The signed head</h2>
        <dl>
          <Fact name="Rows">{head.entries}</Fact>
          <Fact name="Hash">{head.hash}</Fact>
          <Fact name="Sealed">{head.sealedAt}</Fact>
          <Fact name="Signature">{head.signature}</Fact>
          {keys.map((key) => (
            <Fact name="Key">{JSON.stringify(key)}</Fact>
          ))}
        </dl>
        <h2>The path from row {path.from} to the head</h2>
        {path.commitments.length > shownRows ? (
          <p>It has {path.commitments.length} rows, which stand in the JSON file beside this page.</p>
        ) : (
          <ol start={path.from} class="path">
            {path.commitments.map((commitment) => (
              <li>{commitment}</li>
            ))}
          </ol>
        )}
      </body>
    </html>
  )
}

function Entry({ entry: { seq, id, commitment, salt, payload } }: { entry: ProvenEntry }) {
  const said = payload === null ? null : (JSON.parse(payload) as Payload)
  return (
    <section>
      <h2>
        Row {seq}: {said ? titles[said.kind] : 'Erased'}
      </h2>
      {said?.wording && <blockquote lang={said.wording.language}>{said.wording.text}</blockquote>}
      <dl>
        {said ? (
          <>
            <Fact name="When">{said.at}</Fact>
            <Fact name="Channel">{said.channel}</Fact>
            <Fact name="Purpose">{said.purpose ?? (said.channel && 'every purpose')}</Fact>
            <Fact name="Address">{said.address}</Fact>
            <Fact name="Page">{said.page}</Fact>
            <Fact name="Opt-in">{said.step}</Fact>
            <Fact name="Shown by">{said.proof}</Fact>
            <Fact name="Reason">{said.reason}</Fact>
            <Fact name="Told by">{[said.actor.name ?? said.actor.type, said.source].join(', ')}</Fact>
            <Fact name="Hash of the wording">{said.wording?.hash}</Fact>
            <Fact name={said.kind === 'voided' ? 'Voided entry' : 'Erased entries'}>{said.entries?.join(' ')}</Fact>
          </>
        ) : (
          <Fact name="Why">
            Salt and payload were erased. Whoever kept them can show that they give this commitment; LeadNest knows no
            more.
          </Fact>
        )}
        <Fact name="Entry">{id}</Fact>
        <Fact name="Commitment">{commitment}</Fact>
        <Fact name="Salt">{salt}</Fact>
        <Fact name="Payload">{payload}</Fact>
      </dl>
    </section>
  )
}

const titles: Record<Payload['kind'], string> = {
  granted: 'Consent given',
  revoked: 'Consent taken back',
  lifted: 'An earlier no was lifted by the person',
  voided: 'A yes that was written down by mistake was voided',
  erased: 'Entries were erased',
}

function Fact({ name, children }: { name: string; children?: unknown }) {
  if (children === null || children === undefined || children === '') return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children as string}</dd>
    </div>
  )
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2rem; font-size: 1.15rem }
dl div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; padding: .2rem 0 }
dd, .path, code { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .85rem }
blockquote { margin: 0; padding: .5rem 1rem; border-left: 3px solid; font-size: 1.1rem }
@media (max-width: 30rem) { dl div { grid-template-columns: 1fr; gap: 0 } }
@media print { section { break-inside: avoid } }`
