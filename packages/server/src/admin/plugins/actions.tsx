import { type Issue, newId, type OfferedAction } from '@leadnest/core'
import type { PropsWithChildren } from 'hono/jsx'
import { Controls, type Typed } from './controls.tsx'

/** Where an action on one lead is asked for, and sent to. */
export const actionPath = (leadId: string, { plugin, action }: Pick<OfferedAction, 'plugin' | 'action'>) =>
  `/admin/leads/${leadId}/actions/${plugin}/${action}`

/** What stands in front of the names of an action's controls: a page may have several. */
export const prefixOf = ({ plugin, action }: Pick<OfferedAction, 'plugin' | 'action'>) => `${plugin}.${action}.`

/** A button for each action: one that asks nothing is done at once, the others ask on a page of their own. */
export function ActionButtons({ leadId, actions }: { leadId: string; actions: OfferedAction[] }) {
  return (
    <>
      {actions.map((action) =>
        action.input || action.confirm ? (
          <a class="button" href={actionPath(leadId, action)}>
            {action.title}
          </a>
        ) : (
          <form method="post" action={actionPath(leadId, action)}>
            <OnceKey />
            <button class="button" type="submit">
              {action.title}
            </button>
          </form>
        ),
      )}
    </>
  )
}

/** A button that is pressed twice is one act. */
export function OnceKey() {
  return <input type="hidden" name="key" value={newId()} />
}

interface ActionFieldsProps {
  action: OfferedAction
  typed?: Typed | undefined
  issues?: Issue[]
}

/** What an action says and asks before it is done; `children` is the button. */
export function ActionFields({ action, typed, issues = [], children }: PropsWithChildren<ActionFieldsProps>) {
  return (
    <>
      {action.confirm && <p>{action.confirm}</p>}
      {action.input && (
        <Controls
          pluginId={action.plugin}
          schema={action.input}
          prefix={prefixOf(action)}
          issues={issues}
          {...(typed && { typed })}
        />
      )}
      {children}
    </>
  )
}

/** What is wrong with something that was filled in, at its control. */
export const atControl = (action: Pick<OfferedAction, 'plugin' | 'action'>, { path, message }: Issue): Issue => ({
  path: path.replace(/^(action\.)?input\.([^.]+).*$/, `${prefixOf(action)}$2`),
  message,
})
