import {
  demand,
  FormPatch,
  getForm,
  LeadNestError,
  listForms,
  parse,
  previewClearing,
  updateForm,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { panelsOf } from '../plugins/panels.tsx'
import { boxInput, readBoxes } from './consents.tsx'
import { FormsPage } from './index-page.tsx'
import { publicName } from './public-name.ts'
import type { Refused } from './refused.ts'
import { type Retention, readDays, retentionFields } from './retention.tsx'
import { FormPage } from './show-page.tsx'
import { spamFields, spamPatchOf } from './spam.tsx'
import { wordFields } from './words.tsx'

export const formPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session } = c.var
    const forms = await listForms(core, session.workspaceId)
    return c.html(<FormsPage session={session} forms={forms} />)
  })

  .get('/:id', async (c) => c.html(await formPage(c)))

  .post('/:id/origins', (c) =>
    save(c, { section: 'origins', at: 'sites', names: ['origins'] }, ({ origins }) => ({
      origins: origins!.split('\n'),
    })),
  )

  .post('/:id/consents', async (c) => {
    const boxes = await readBoxes(c)
    const typed = { boxes: JSON.stringify(boxes) }
    return change(c, { section: 'consents', at: 'consents', typed }, () => ({ consents: boxes.map(boxInput) }))
  })

  .post('/:id/double-opt-in', (c) =>
    save(c, { section: 'double-opt-in', at: 'double', names: ['doubleOptIn'] }, ({ doubleOptIn }) => ({
      doubleOptIn: doubleOptIn === 'true',
    })),
  )

  .post('/:id/spam', (c) => save(c, { section: 'spam', at: 'spam', names: spamFields }, spamPatchOf))

  .post('/:id/words', (c) =>
    save(c, { section: 'words', at: 'words', names: wordFields }, ({ minFillSeconds, ...words }) => ({
      ...words,
      minFillSeconds: /^\d+$/.test(minFillSeconds!) ? Number(minFillSeconds) : Number.NaN,
    })),
  )

  .post('/:id/retention', (c) =>
    save(c, { section: 'retention', at: 'retention', names: retentionFields }, (typed) => ({
      retention: readDays(typed) as FormPatch['retention'],
    })),
  )

  .post('/:id/retention/try', async (c) => {
    const { core, session } = c.var
    demand(session, 'forms:write')
    const typed = await readTyped(c, retentionFields)
    try {
      const { retention = {} } = parse(FormPatch, { retention: readDays(typed) })
      const preview = await previewClearing(core, session.workspaceId, c.req.param('id'), retention)
      return c.html(await formPage(c, undefined, { typed, preview }))
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
      const refused = { section: 'retention', typed, title: 'These days cannot be read.', issues: error.issues }
      return c.html(await formPage(c, refused), 422)
    }
  })

/** Saves what was typed in one section of a form's page; `at` is where the page goes on. */
async function save(
  c: Context<SignedInEnv>,
  { section, at, names }: { section: string; at: string; names: readonly string[] },
  patchOf: (typed: Record<string, string>) => FormPatch,
) {
  const typed = await readTyped(c, names)
  return change(c, { section, at, typed }, () => patchOf(typed))
}

const readTyped = async (c: Context, names: readonly string[]): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await formText(c, name)] as const)))

async function change(
  c: Context<SignedInEnv>,
  { section, at, typed }: Pick<Refused, 'section' | 'typed'> & { at: string },
  patchOf: () => object,
) {
  const { core, session } = c.var
  demand(session, 'forms:write')
  const id = c.req.param('id')!
  try {
    const patch = parse(FormPatch, patchOf())
    await updateForm(core, session.workspaceId, id, patch, by(c))
    return c.redirect(`/admin/forms/${id}#${at}`, 303)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'invalid_input') throw error
    return c.html(await formPage(c, { section, typed, title: 'Nothing was saved yet.', issues: error.issues }), 422)
  }
}

async function formPage(c: Context<SignedInEnv>, refused?: Refused, tried?: Parameters<typeof Retention>[0]['tried']) {
  const { core, session, publicUrl } = c.var
  const form = await getForm(core, session.workspaceId, c.req.param('id')!)
  const [formName, panels] = await Promise.all([
    publicName(core, session.workspaceId, form),
    panelsOf(c, { place: 'form', form }),
  ])
  return <FormPage {...{ session, form, formName, panels, publicUrl, refused, tried }} />
}
