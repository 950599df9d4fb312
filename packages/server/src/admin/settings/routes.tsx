import { Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { may } from '../may.ts'
import { assignmentPages } from './assignment/routes.tsx'
import { fieldPages } from './fields/routes.tsx'
import { keyPages } from './keys/routes.tsx'
import { invitePages } from './members/invite-routes.tsx'
import { memberPages } from './members/routes.tsx'
import { pipelinePages } from './pipelines/routes.tsx'
import { pluginPages } from './plugins/routes.tsx'
import { scorePages } from './scores/routes.tsx'
import { suppressionPages } from './suppressions/routes.tsx'
import { workspacePages } from './workspace/routes.tsx'

export const settingsPages = new Hono<SignedInEnv>()
  .use(may('settings:read'))
  .get('/', (c) => c.redirect('/admin/settings/workspace', 303))
  .route('/workspace', workspacePages)
  .route('/pipelines', pipelinePages)
  .route('/fields', fieldPages)
  .route('/members/invites', invitePages)
  .route('/members', memberPages)
  .route('/keys', keyPages)
  .route('/assignment', assignmentPages)
  .route('/scores', scorePages)
  .route('/suppressions', suppressionPages)
  .route('/plugins', pluginPages)
