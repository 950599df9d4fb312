import type { Plugin } from './define-plugin.ts'
import { fieldsOf } from './setting.ts'

/** Throws an Error that names the action at fault. */
export function checkActions({ id, actions = {} }: Pick<Plugin, 'id' | 'actions'>): void {
  for (const [name, { title, input, on }] of Object.entries(actions)) {
    if (!/^[a-z][a-z0-9_-]{0,49}$/.test(name))
      throw new Error(`The action “${name}” of the plugin ${id} must be named in small letters, digits, - and _.`)
    if (!title) throw new Error(`The action ${name} of the plugin ${id} needs a title: the words on its button.`)
    if (on?.length === 0) throw new Error(`The action ${name} of the plugin ${id} is offered nowhere. Leave out on.`)
    const secret = input && fieldsOf(id, input).find((field) => field.secret)
    if (secret)
      throw new Error(
        `The action ${name} of the plugin ${id} asks for a secret, ${secret.key}. A job would keep it: put it among the settings.`,
      )
  }
}
