import {
  Answered,
  type ApiCall,
  attachment,
  defineApi,
  demandAdmin,
  type Import,
  isId,
  notFound,
  type PluginContext,
  streamOf,
} from '@leadnest/core/plugin'
import { csvEndpoints, type ImportQuery, type ImportResult } from './contract.ts'
import { everybodyUnlessTold } from './export/everybody.ts'
import { inputOf } from './imports/input.ts'
import { rejectsOf } from './imports/rejects.ts'
import { fittingMapping, forgetMapping, listMappings, mappingFor, saveMapping } from './mappings/mappings.ts'
import { readUpload } from './upload/read-upload.ts'

type Asker = Pick<ApiCall, 'principal' | 'by'>

const resultOf = (done: Import): ImportResult => ({
  ...done,
  rejects: done.failed > 0 ? `/v1/imports/${done.id}/rejects.csv` : null,
})

/** What was uploaded, with the mapping that was saved for such files where none is told. */
async function received(
  { request, query, by }: Pick<ApiCall, 'request' | 'by'> & { query: ImportQuery },
  context: PluginContext,
) {
  const { imports } = context
  const sent = { name: query.name, by: by.actor, at: context.now() }
  const input = inputOf(await readUpload(request, sent, imports.store), query)
  if (input.mapping || (await listMappings(context)).length === 0) return input
  const { columns } = await imports.preview({ ...input, mapping: {} })
  const saved = await mappingFor(context, columns)
  return saved ? { ...input, mapping: await fittingMapping(context, input, saved) } : input
}

type Act = 'pause' | 'resume' | 'cancel' | 'undo'
const act =
  (name: Act) =>
  async (call: Asker & { params: { id: string } }, { imports }: PluginContext) => {
    demandAdmin(call.principal)
    return resultOf(await imports[name](call.params.id, call.by))
  }

export const api = defineApi(csvEndpoints, {
  'POST /v1/imports': async (call, context: PluginContext) => {
    demandAdmin(call.principal)
    const done = await context.imports.begin(await received(call, context), call.by)
    return new Answered(resultOf(done), done.finishedAt ? 200 : 202)
  },
  'POST /v1/imports/preview': async (call, context: PluginContext) => {
    demandAdmin(call.principal)
    return context.imports.preview(await received(call, context))
  },
  'GET /v1/imports': async ({ query: { limit, cursor } }, { imports }) => {
    const { data, nextCursor } = await imports.list({ limit, ...(cursor !== undefined && { cursor }) })
    return { data: data.map(resultOf), nextCursor }
  },
  'GET /v1/imports/:id': async ({ params }, { imports }) => resultOf(await imports.get(params.id)),
  'GET /v1/imports/:id/rejects.csv': async (call, { imports }) => {
    demandAdmin(call.principal)
    const { name, content } = await rejectsOf(imports, call.params.id)
    return new Response(content, {
      headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': attachment(name) },
    })
  },
  'POST /v1/imports/:id/pause': act('pause'),
  'POST /v1/imports/:id/resume': act('resume'),
  'POST /v1/imports/:id/cancel': act('cancel'),
  'POST /v1/imports/:id/undo': act('undo'),
  'POST /v1/exports': async ({ body, by }, { exports }: PluginContext) => {
    const done = await exports.begin(everybodyUnlessTold(body), by)
    return new Answered(done, done.finishedAt ? 200 : 202)
  },
  'GET /v1/exports': async ({ query: { limit, cursor } }, { exports }: PluginContext) =>
    exports.list({ limit, ...(cursor !== undefined && { cursor }) }),
  'GET /v1/exports/:id': async ({ params }, { exports }: PluginContext) => exports.get(params.id),
  'GET /v1/exports/:id/file': async ({ params }, { exports }: PluginContext) => {
    const file = await exports.open(params.id)
    return new Response(streamOf(file.read()), {
      headers: {
        'content-type': file.type,
        'content-length': String(file.size),
        'content-disposition': attachment(file.name),
      },
    })
  },
  'GET /v1/export-schedules': async (_, { exports }: PluginContext) => ({
    data: await exports.schedules.list(),
    nextCursor: null,
  }),
  'POST /v1/export-schedules': async ({ body, by }, { exports }: PluginContext) =>
    exports.schedules.create({ ...body, export: everybodyUnlessTold(body.export) }, by),
  'DELETE /v1/export-schedules/:id': async ({ params, by }, { exports }: PluginContext) => {
    await exports.schedules.delete(params.id, by)
    return null
  },
  'GET /v1/import-mappings': async (_, context: PluginContext) => ({
    data: await listMappings(context),
    nextCursor: null,
  }),
  'POST /v1/import-mappings': async (call, context: PluginContext) => {
    demandAdmin(call.principal)
    return saveMapping(context, call.body)
  },
  'DELETE /v1/import-mappings/:id': async (call, context: PluginContext) => {
    demandAdmin(call.principal)
    if (!isId(call.params.id)) throw notFound('mapping')
    await forgetMapping(context, call.params.id)
    return null
  },
})
