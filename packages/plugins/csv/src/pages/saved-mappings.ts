import { isDeepStrictEqual } from 'node:util'
import { type Html, html, type PageCall, type Target } from '@leadnest/core/plugin'
import { type Mapping, ruleOf } from '../columns/rule.ts'
import type { FoundMapping } from '../mappings/mappings.ts'
import { input, select } from './parts.ts'

/** Whether it says the same of each column that it says something of. A field that was made since is made no more. */
export const isWithin = (mapping: Mapping, other: Mapping) =>
  Object.entries(mapping).every(
    ([name, target]) => Object.hasOwn(other, name) && isDeepStrictEqual(plainRule(target), plainRule(other[name]!)),
  )

function plainRule(target: Target) {
  const { create: _, ...rule } = ruleOf(target) ?? { to: 'ignore' as const, create: undefined }
  return rule
}

/** Which of the saved mappings says where columns go: none is used in silence. */
export const savedOf = (action: string, saved: FoundMapping[], used: FoundMapping | undefined): Html => html`
  <form class="card stack" method="post" action="${action}">
    <h2>Saved mappings</h2>
    ${used && html`<p>Mapped as in “<b><bdi>${used.name}</bdi></b>”.</p>`}
    ${select('saved', 'Say where columns go as in', [{ value: '', label: 'None: as it is suggested' }, ...saved.map(({ id, name }) => ({ value: id, label: name }))], used?.id ?? '')}
    <div class="actions"><button class="button">Use it</button></div>
  </form>`

/** Keeps where columns go, under a name. */
export const savingOf = (name: string, issues: PageCall['issues']): Html => html`
  <section class="card stack">
    <h2>For the next file</h2>
    ${input('name', 'Name of this mapping', name, { hint: 'Files with the same columns go the same way by themselves. It takes the place of what was saved for them.', wrong: issues.find(({ path }) => path === 'name')?.message })}
    <div class="actions"><button class="button" name="do" value="save">Save this mapping</button></div>
  </section>`
