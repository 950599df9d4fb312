import type { Core } from '../core.ts'
import type { Field, PublishedField } from '../forms/form.ts'
import { fieldTypeOf, isOwnType, scriptOf } from './own-fields.ts'
import { turnIfAny } from './run-plugin.ts'

/** The fields of a form as a page is told of them: those of plugins that are on with what draws them. */
export async function publishFields(core: Core, workspaceId: string, fields: Field[]): Promise<PublishedField[]> {
  return Promise.all(
    fields.map(async (field) => {
      const found = isOwnType(field.type) && fieldTypeOf(core, field.type)
      if (!found || !(await turnIfAny(core, workspaceId, found.plugin))) return field
      const { path, integrity } = scriptOf(found)
      return { ...field, element: found.type.element, script: path, integrity }
    }),
  )
}
