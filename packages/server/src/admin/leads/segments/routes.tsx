import { createSegment, deleteSegment, listSegments, parse, updateSegment } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { SegmentsPage, type TypedSegment } from './page.tsx'

const path = '/admin/leads/segments'
const mayWrite = may('leads:write')

export const segmentPages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await segmentsPage(c)))

  .post('/', mayWrite, async (c) => {
    const { core, session } = c.var
    const typed = await readTyped(c, '')
    const create = () =>
      createSegment(core, session.workspaceId, parse(contract['POST /v1/segments'].body, typed), by(c))
    return saved(c, path, create, (issues) => segmentsPage(c, { typed, issues }))
  })

  .post('/:id', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const typed = await readTyped(c, `${id}-`)
    const update = () =>
      updateSegment(core, session.workspaceId, id, parse(contract['PATCH /v1/segments/:id'].body, typed), by(c))
    return saved(c, path, update, (issues) => segmentsPage(c, { typed: { ...typed, id }, issues }))
  })

  .post('/:id/delete', mayWrite, async (c) => {
    await deleteSegment(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c))
    return c.redirect(path, 303)
  })

async function readTyped(c: Context, prefix: string): Promise<TypedSegment> {
  const [name, filter, q] = await Promise.all(['name', 'filter', 'q'].map((field) => formText(c, prefix + field)))
  return { name: name!, filter: filter!, q: q! }
}

async function segmentsPage(c: Context<SignedInEnv>, refused?: Parameters<typeof SegmentsPage>[0]['refused']) {
  const { core, session } = c.var
  const segments = await listSegments(core, session.workspaceId, { count: true })
  return <SegmentsPage {...{ session, segments }} {...(refused && { refused })} />
}
