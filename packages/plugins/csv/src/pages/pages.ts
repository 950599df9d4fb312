import {
  type Import,
  invalid,
  isId,
  LeadNestError,
  notFound,
  type PageAnswer,
  type PageCall,
  type Pages,
  type PluginContext,
  parse,
} from '@leadnest/core/plugin'
import * as v from 'valibot'
import { NewMapping } from '../contract.ts'
import { findDraft, importOfDraft, keepDraft, noteImport } from '../drafts/drafts.ts'
import { guessing } from '../file/guess-encoding.ts'
import { rejectsOf } from '../imports/rejects.ts'
import { fittingMapping, forgetMapping, mappingsFor, saveMapping } from '../mappings/mappings.ts'
import { readUpload } from '../upload/read-upload.ts'
import { cancelPage } from './cancel-page.ts'
import { exportPages } from './export-pages.ts'
import { importPage } from './import-page.ts'
import { listPage } from './list-page.ts'
import { mapPage } from './map-page.ts'
import { draftOf, missingIn } from './typed-draft.ts'
import { undoPage } from './undo-page.ts'

type Call = PageCall
const write = { scope: 'settings:write' } as const

const idIn = ({ params }: Call) => {
  if (!isId(params.id!)) throw notFound('file')
  return params.id!
}

async function upload(call: Call, context: PluginContext) {
  let guess = (): string | null => null
  const { file } = await readUpload(call.request, { by: call.by.actor, at: context.now() }, (source, about) => {
    const watched = guessing(source)
    guess = watched.guess
    return context.imports.store(watched.bytes(), about)
  })
  if (file.size === 0) throw invalid('file', 'Choose a file that has rows, or paste some.')
  const encoding = guess()
  const input = { options: encoding ? { encoding } : {} }
  await keepDraft(context, { fileId: file.id, name: file.name, input, guess: encoding })
  return { to: `/files/${file.id}` }
}

async function decide(call: Call, context: PluginContext) {
  const { typed } = call
  const draft = await findDraft(context, idIn(call))
  // As they were when the form was drawn.
  const drawn = await context.imports.preview({ ...draft.input, fileId: draft.fileId, mapping: {} })
  const issues = missingIn(typed, drawn.columns)
  if (issues.length > 0) throw new LeadNestError('invalid_input', 'A consent says less than it must.', { issues })
  const input = draftOf(typed, draft.input, drawn.columns)
  // Refuses what cannot be meant, before it is kept.
  const { columns, error } = await context.imports
    .preview({ ...input, fileId: draft.fileId })
    .catch((error: unknown) => refuseAt(drawn.columns, error))
  await keepDraft(context, { ...draft, input })
  const to = `/files/${draft.fileId}`
  if (typed.do !== 'look' && !input.mapping)
    return {
      to,
      notice: 'The file is read otherwise now, and nothing is done yet. See where its columns go, then go on.',
    }
  if (typed.do === 'save' && input.mapping) {
    const { name } = parse(nameOnly, { name: typed.name ?? '' })
    await saveMapping(context, { name, columns, mapping: input.mapping })
    return { to, notice: `Saved as “${name}”, for files that have the same columns.` }
  }
  // What cannot be imported is not begun: the page says why.
  if (error) return { to }
  if (typed.do === 'dry' || typed.do === 'run') return begin(call, context, typed.do === 'dry')
  return { to: `${to}#preview` }
}

const nameOnly = v.pick(NewMapping, ['name'])

/** Takes a mapping that was saved, or none: then columns go as it is suggested. */
async function choose(call: Call, context: PluginContext) {
  const draft = await findDraft(context, idIn(call))
  const input = { ...draft.input, fileId: draft.fileId }
  const { columns } = await context.imports.preview({ ...input, mapping: {} })
  const saved = (await mappingsFor(context, columns)).find(({ id }) => id === call.typed.saved)
  if (call.typed.saved && !saved) throw invalid('saved', 'This mapping was forgotten meanwhile. Choose another.')
  const mapping = saved ? await fittingMapping(context, input, saved.mapping) : {}
  await keepDraft(context, { ...draft, input: { ...draft.input, mapping } })
  return { to: `/files/${draft.fileId}` }
}

/** Names a column by its words and by the control that sends it somewhere. */
function refuseAt(columns: string[], error: unknown): never {
  if (!(error instanceof LeadNestError)) throw error
  const issues = error.issues.map(({ path, message }) => {
    // A column may be called as another with something behind it.
    const [name] = columns
      .filter((name) => `${path}.`.startsWith(`mapping.${name}.`))
      .sort((one, other) => other.length - one.length)
    if (name === undefined) return { path, message }
    return { path: `to${columns.indexOf(name)}`, message: `“${name}”: ${message}` }
  })
  throw new LeadNestError(error.code, error.message, { issues })
}

async function begin(call: Call, context: PluginContext, dryRun: boolean) {
  const { fileId, input } = await findDraft(context, idIn(call))
  const begun: Import = await context.imports.begin({ ...input, fileId, dryRun }, call.by)
  await noteImport(context, fileId, begun)
  return { to: `/imports/${begun.id}` }
}

/** Who comes back to a file that is not kept any more is led to its import, or is told so among all of them. */
const orGone =
  (work: (call: Call, context: PluginContext) => Promise<PageAnswer>) => async (call: Call, context: PluginContext) => {
    try {
      return await work(call, context)
    } catch (error) {
      if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
      const importId = await importOfDraft(context, idIn(call))
      return importId
        ? { to: `/imports/${importId}`, notice: 'That file was imported: this is what came of it.' }
        : { to: '/', notice: 'That file is not here any more: it was imported, or its day is over.' }
    }
  }

const act = (name: 'pause' | 'resume' | 'cancel' | 'undo') => ({
  ...write,
  async run(call: Call, { imports }: PluginContext) {
    await imports[name](call.params.id!, call.by)
    return { to: `/imports/${call.params.id}` }
  },
})

/** The wizard, in the admin: a file comes, is looked at, tried, imported, and taken back where it was wrong. */
export const pages: Pages<unknown> = {
  ...exportPages,
  'GET /': { title: 'Import and export', menu: true, icon: 'upload', ...write, draw: listPage },
  'POST /upload': { ...write, uploads: true, run: upload },
  'GET /files/:id': {
    title: 'Import',
    ...write,
    draw: orGone((call, context) => {
      idIn(call)
      return mapPage(call, context)
    }),
  },
  'POST /files/:id': { ...write, large: true, run: orGone(decide) },
  'POST /files/:id/mapping': { ...write, run: orGone(choose) },
  'POST /files/:id/run': { ...write, run: orGone((call, context) => begin(call, context, false)) },
  'GET /imports/:id': { title: 'Import', ...write, draw: importPage },
  'GET /imports/:id/rejects': {
    title: 'Refused rows',
    ...write,
    async draw(call, { imports }) {
      const { name, content } = await rejectsOf(imports, call.params.id!)
      return { file: name, type: 'text/csv; charset=utf-8', content }
    },
  },
  'POST /imports/:id/pause': act('pause'),
  'POST /imports/:id/resume': act('resume'),
  'GET /imports/:id/cancel': { title: 'Cancel an import', ...write, draw: cancelPage },
  'POST /imports/:id/cancel': act('cancel'),
  'GET /imports/:id/undo': { title: 'Take an import back', ...write, draw: undoPage },
  'POST /imports/:id/undo': act('undo'),
  'POST /mappings/:id/forget': {
    ...write,
    async run(call, context) {
      if (!isId(call.params.id!)) throw notFound('mapping')
      await forgetMapping(context, call.params.id!)
      return { to: '/', notice: 'Forgotten.' }
    },
  },
}
