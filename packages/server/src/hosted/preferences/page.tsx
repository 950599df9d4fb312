import type { Preference, Preferences } from '@leadnest/core'
import { Page } from '../page.tsx'
import { OwnData } from './own-data.tsx'
import { channelName, type Texts } from './texts.ts'

interface PreferencesProps {
  found: Preferences
  texts: Texts
  /** Where the forms lead. */
  address: string
  done?: keyof Texts['done'] | undefined
}

/** Everything that a person can decide, without a script and without a sign-in; links are passed on, so it tells nothing else. */
export function PreferencesPage({ found, texts, address, done }: PreferencesProps) {
  const { workspaceName, preferences } = found
  const title = texts.title(workspaceName)
  const channels = [...new Set(preferences.map(({ channel }) => channel))]
  return (
    <Page title={done ? `${texts.done[done]} ${title}` : title} language={texts.language}>
      <h1>{title}</h1>
      {found.address && <p class="help">{texts.about(found.address)}</p>}
      {done && (
        <p class="notice" role="status">
          {texts.done[done]}
        </p>
      )}
      {channels.length === 0 && <p>{texts.nothing}</p>}
      {channels.length > 0 && (
        <form method="post" action={address}>
          {channels.map((channel) => (
            <fieldset>
              <legend>{channelName(texts, channel)}</legend>
              {preferences
                .filter((preference) => preference.channel === channel)
                .map((preference) => (
                  <Choice {...{ preference, workspaceName, texts }} />
                ))}
            </fieldset>
          ))}
          <button type="submit" name="action" value="save">
            {texts.save}
          </button>
        </form>
      )}
      <form method="post" action={address} class="part">
        <p>{found.unsubscribed ? texts.stopped : texts.stopMore(workspaceName)}</p>
        {!found.unsubscribed && (
          <button type="submit" name="action" value="stop" class="quiet">
            {texts.stop}
          </button>
        )}
      </form>
      {found.requests ? (
        <OwnData requests={found.requests} texts={texts} address={address} />
      ) : (
        <p class="part help">{texts.data.elsewhere(workspaceName)}</p>
      )}
    </Page>
  )
}

interface ChoiceProps {
  preference: Preference
  workspaceName: string
  texts: Texts
}

function Choice({ preference, workspaceName, texts }: ChoiceProps) {
  const { channel, purpose, words, on, canTurnOn, withheld } = preference
  const name = `${channel} ${purpose}`
  const id = `choice-${channel}-${purpose}`
  const fixed = !on && !canTurnOn
  return (
    <div class="field checkbox">
      <label for={id}>{words ?? purpose}</label>
      <input
        id={id}
        type="checkbox"
        name="on"
        value={name}
        checked={on}
        disabled={fixed}
        aria-describedby={fixed ? `${id}-help` : undefined}
      />
      <input type="hidden" name="shown" value={name} />
      {fixed && (
        <p class="help" id={`${id}-help`}>
          {withheld ? texts.withheld(workspaceName) : texts.elsewhere}
        </p>
      )}
    </div>
  )
}

/** What is left of a person who was erased: nothing, in the same words for each. */
export function GonePage({ texts }: { texts: Texts }) {
  return (
    <Page title={texts.gone.title} language={texts.language}>
      <h1>{texts.gone.title}</h1>
      <p>{texts.gone.text}</p>
    </Page>
  )
}
