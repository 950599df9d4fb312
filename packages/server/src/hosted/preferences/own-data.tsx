import type { Preferences } from '@leadnest/core'
import { Page } from '../page.tsx'
import type { Texts } from './texts.ts'

interface OwnDataProps {
  requests: NonNullable<Preferences['requests']>
  texts: Texts
  address: string
}

/** What people can ask for, and how far that is. */
export function OwnData({ requests, texts, address }: OwnDataProps) {
  const { data } = texts
  const { export: copy, erasure } = requests
  return (
    <section class="part" aria-labelledby="data">
      <h2 id="data">{data.title}</h2>
      {copy?.status === 'refused' && <p class="help">{data.refused}</p>}
      {copy?.status === 'open' && <p>{data.copyOpen}</p>}
      {copy?.until && copy.fetchable && (
        <>
          <p>{data.copyReady(new Date(copy.until).toLocaleDateString(texts.language, { dateStyle: 'long' }))}</p>
          <form method="post" action={address}>
            <button type="submit" name="action" value="fetch" class="quiet">
              {data.fetch}
            </button>
          </form>
        </>
      )}
      {copy?.status !== 'open' && !copy?.fetchable && (
        <form method="post" action={address}>
          <button type="submit" name="action" value="export" class="quiet">
            {data.copy}
          </button>
        </form>
      )}
      {erasure?.status === 'refused' && <p class="help">{data.refused}</p>}
      {erasure?.status === 'open' ? (
        <p>{data.eraseOpen}</p>
      ) : (
        <p>
          <a href={`${address}/erasure`}>{data.erase}</a>
        </p>
      )}
    </section>
  )
}

/** Asked once more, for it cannot be undone. */
export function SurePage({ texts, address }: Omit<OwnDataProps, 'requests'>) {
  const { data } = texts
  return (
    <Page title={data.sure} language={texts.language}>
      <h1>{data.sure}</h1>
      <p>{data.sureMore}</p>
      <form method="post" action={address}>
        <button type="submit" name="action" value="erasure">
          {data.yes}
        </button>
      </form>
      <p>
        <a href={address}>{data.back}</a>
      </p>
    </Page>
  )
}
