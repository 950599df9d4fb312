import { findChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { type Changes, changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readShape } from '../fields/shape.ts'
import { isId, newId } from '../id.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { checkTemplate } from './liquid.ts'
import type { MessageTemplate, MessageTemplateInput, MessageTemplatePatch } from './template.ts'

const columns = sql`id, name, channel, subject, body, created_at, updated_at`
const most = 500

/** By their names. */
export function listMessageTemplates(core: Core, workspaceId: string): Promise<MessageTemplate[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<MessageTemplate>(sql`
      select ${columns} from message_templates where workspace_id = ${workspaceId} and deleted_at is null
      order by lower(name), id limit ${most}`),
  )
}

/** Throws `invalid_input` with the place in the text, `name_taken` whatever the case. */
export function createMessageTemplate(
  core: Core,
  workspaceId: string,
  input: MessageTemplateInput,
  by: By,
): Promise<MessageTemplate> {
  const at = core.now()
  return named(() =>
    core.inWorkspace(workspaceId, async (tx) => {
      await check(core, tx, workspaceId, input)
      const { name, channel, subject, body } = input
      const [template] = await tx.query<MessageTemplate>(sql`
        insert into message_templates (workspace_id, id, name, channel, subject, body, created_at, updated_at)
        values (${workspaceId}, ${newId(at.getTime())}, ${name}, ${channel}, ${subject}, ${body}, ${at}, ${at})
        returning ${columns}`)
      await tell(tx, workspaceId, 'message_template.saved', template!, {}, by, at)
      return template!
    }),
  )
}

/** Changes what is named; what waits to be sent by it is sent as it is then. Throws `not_found`, `invalid_input`, `name_taken`. */
export function updateMessageTemplate(
  core: Core,
  workspaceId: string,
  id: string,
  patch: MessageTemplatePatch,
  by: By,
): Promise<MessageTemplate> {
  const at = core.now()
  return named(() =>
    core.inWorkspace(workspaceId, async (tx) => {
      const before = await lockTemplate(tx, workspaceId, id)
      const after = { ...before, ...patch, updatedAt: at.toISOString() }
      const changes = changesIn(before, after, ['name', 'channel', 'subject', 'body'])
      if (Object.keys(changes).length === 0) return before
      await check(core, tx, workspaceId, after)
      await tx.query(sql`
        update message_templates set name = ${after.name}, channel = ${after.channel}, subject = ${after.subject}, body = ${after.body},
          updated_at = ${at}
        where workspace_id = ${workspaceId} and id = ${before.id}`)
      await tell(tx, workspaceId, 'message_template.saved', after, changes, by, at)
      return after
    }),
  )
}

/** What waits to be sent by it still is. Throws `not_found`. */
export function deleteMessageTemplate(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const template = await lockTemplate(tx, workspaceId, id)
    const at = core.now()
    await tx.query(sql`
      update message_templates set deleted_at = ${at} where workspace_id = ${workspaceId} and id = ${template.id}`)
    await tell(tx, workspaceId, 'message_template.deleted', template, {}, by, at)
  })
}

/** Throws `unknown_reference` at `template` for one that is not there, or is for another channel. */
export async function templateFor(
  tx: Tx,
  workspaceId: string,
  id: string,
  channel: string,
  path = 'template',
): Promise<MessageTemplate> {
  const template = await readTemplate(tx, workspaceId, id)
  if (!template) throw unknownReference(path, 'There is no such template.')
  if (template.channel && template.channel !== channel)
    throw unknownReference(path, `This template is for ${template.channel}.`)
  return template
}

/** Also one that was deleted, for what was to be sent by it. */
export async function readTemplate(
  tx: Tx,
  workspaceId: string,
  id: string,
  { evenDeleted = false } = {},
): Promise<MessageTemplate | undefined> {
  const [template] = isId(id)
    ? await tx.query<MessageTemplate>(sql`
        select ${columns} from message_templates
        where workspace_id = ${workspaceId} and id = ${id} ${evenDeleted ? sql`` : sql`and deleted_at is null`}`)
    : []
  return template
}

async function lockTemplate(tx: Tx, workspaceId: string, id: string): Promise<MessageTemplate> {
  const [template] = isId(id)
    ? await tx.query<MessageTemplate>(sql`
        select ${columns} from message_templates
        where workspace_id = ${workspaceId} and id = ${id} and deleted_at is null for update`)
    : []
  if (!template) throw notFound('template')
  return template
}

async function check(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, subject, body }: Pick<MessageTemplate, 'channel' | 'subject' | 'body'>,
): Promise<void> {
  if (channel) findChannel(core, channel)
  const shape = await readShape(tx, workspaceId)
  await checkTemplate(body, shape, 'body')
  if (subject) await checkTemplate(subject, shape, 'subject')
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (brokenConstraint(error) !== 'message_templates_name') throw error
    throw new LeadNestError('name_taken', 'There is a template of this name already. Choose another name.', {
      issues: [{ path: 'name', message: 'This name is taken.' }],
    })
  }
}

function tell(
  tx: Tx,
  workspaceId: string,
  type: 'message_template.saved' | 'message_template.deleted',
  { id, name }: MessageTemplate,
  changes: Changes,
  by: By,
  at: Date,
) {
  const data = { templateId: id, name, ...(type === 'message_template.saved' && { changes }) }
  return recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, ...by, data, at })])
}
