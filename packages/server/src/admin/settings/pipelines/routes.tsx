import {
  createPipeline,
  deletePipeline,
  type Issue,
  LeadNestError,
  listPipelines,
  type Pipeline,
  replacePipeline,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { EditPipelinePage } from './edit-page.tsx'
import { PipelinesPage } from './index-page.tsx'
import { asTyped, inputOf, keyFor, noStage, readTyped, stepped } from './typed.ts'

const path = '/admin/settings/pipelines'
const mayWrite = may('settings:write')

export const pipelinePages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', mayWrite, async (c) => {
    const { core, session } = c.var
    const name = await formText(c, 'name')
    const taken = new Set(keysOf(await listPipelines(core, session.workspaceId)))
    const stages = (['New', 'Won', 'Lost'] as const).map((stage) => {
      const key = keyFor(stage, taken)
      return { ...noStage, key, name: stage, kind: stage === 'New' ? 'open' : stage.toLowerCase() }
    })
    return saved(
      c,
      path,
      () => createPipeline(core, session.workspaceId, inputOf({ name, stages, added: noStage }, taken), by(c)),
      (issues) => listPage(c, { typed: name, issues }),
    )
  })

  .get('/:id', mayWrite, async (c) => {
    const pipeline = await find(c)
    const justSaved = c.req.query('saved') === '1'
    return c.html(<EditPipelinePage {...{ pipeline, justSaved }} session={c.var.session} typed={asTyped(pipeline)} />)
  })

  .post('/:id', mayWrite, async (c) => {
    const { core, session } = c.var
    const pipeline = await find(c)
    const typed = await readTyped(c)
    const changed = stepped(typed, await formText(c, 'step'))
    return saved(
      c,
      `${path}/${pipeline.id}`,
      async () => {
        const taken = new Set(keysOf(await listPipelines(core, session.workspaceId)))
        await replacePipeline(core, session.workspaceId, pipeline.id, inputOf(changed, taken), by(c))
      },
      // A stage that could not be removed is shown again.
      (issues) => (
        <EditPipelinePage
          {...{ session, pipeline, issues }}
          typed={issues.some(({ path }) => path) ? changed : typed}
        />
      ),
    )
  })

  .post('/:id/delete', mayWrite, async (c) => {
    const { core, session } = c.var
    const pipeline = await find(c)
    return saved(
      c,
      path,
      () => deletePipeline(core, session.workspaceId, pipeline.id, by(c)),
      (issues) => <EditPipelinePage {...{ session, pipeline, issues }} typed={asTyped(pipeline)} />,
    )
  })

const keysOf = (pipelines: Pipeline[]) => pipelines.flatMap(({ stages }) => stages.map(({ key }) => key))

async function listPage(c: Context<SignedInEnv>, refused?: { typed: string; issues: Issue[] }) {
  const { core, session } = c.var
  const pipelines = await listPipelines(core, session.workspaceId)
  return <PipelinesPage {...{ session, pipelines, ...refused }} justSaved={c.req.query('saved') === '1'} />
}

/** Throws `not_found`. */
async function find(c: Context<SignedInEnv>): Promise<Pipeline> {
  const pipelines = await listPipelines(c.var.core, c.var.session.workspaceId)
  const found = pipelines.find(({ id }) => id === c.req.param('id'))
  if (!found) throw new LeadNestError('not_found', 'There is no such pipeline.')
  return found
}
