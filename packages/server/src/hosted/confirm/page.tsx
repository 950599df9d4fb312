import type { Confirmation } from '@leadnest/core'
import { Page } from '../page.tsx'
import { Tick } from '../tick.tsx'
import { confirmTexts } from './texts.ts'

interface ConfirmProps {
  found: Confirmation
  /** Where the button leads. */
  address: string
  /** It was confirmed by this very request. */
  justNow?: boolean
}

/** What a link says, and the button that does it: programs that look into mails follow links, and press no buttons. */
export function ConfirmPage({ found, address, justNow = false }: ConfirmProps) {
  const { state, form, workspaceName } = found
  const texts = confirmTexts(found)
  if (justNow || state === 'confirmed')
    return (
      <Page title={justNow ? texts.done : texts.already} language={form.language}>
        <div class="thanks" role="status">
          <Tick />
          <h1>{justNow ? texts.done : texts.already}</h1>
          <p>{texts.doneMore(workspaceName)}</p>
        </div>
      </Page>
    )
  if (state !== 'open')
    return (
      <Page title={texts.over[state].title} language={form.language}>
        <h1>{texts.over[state].title}</h1>
        <p>{texts.over[state].text}</p>
        {state !== 'replaced' && (
          <p>
            <a href={`/f/${form.id}`}>{texts.again}</a>
          </p>
        )}
      </Page>
    )
  return (
    <Page title={texts.title} language={form.language}>
      <h1>{texts.title}</h1>
      <p>{texts.question(form.name, workspaceName)}</p>
      {found.address && <p>{texts.address(found.address)}</p>}
      {found.wordings.length > 0 && (
        <div>
          <p id="agreed">{texts.agreed}</p>
          <ul aria-labelledby="agreed">
            {found.wordings.map((text) => (
              <li>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <form method="post" action={address}>
        <button type="submit">{texts.confirm}</button>
      </form>
      <p class="help">{texts.notYou}</p>
    </Page>
  )
}
