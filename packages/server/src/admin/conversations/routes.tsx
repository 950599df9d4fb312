import {
  attachment,
  type Conversation,
  type ConversationPatch,
  cancelMessage,
  fingerprintOf,
  getConversation,
  getLead,
  getWorkspaceSettings,
  type Issue,
  isId,
  LeadNestError,
  listChannels,
  listConversations,
  listMembers,
  listMessages,
  listMessageTemplates,
  type MessagePreview,
  newId,
  once,
  openMedia,
  previewMessage,
  sendMessage,
  streamOf,
  updateConversation,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { memberNames } from '../leads/owner.ts'
import { may } from '../may.ts'
import { momentOf } from '../moment.ts'
import { answered } from '../saved.ts'
import { nothingTyped, Preview, type Typed } from './composer.tsx'
import { at, InboxPage } from './index-page.tsx'
import { NewPage } from './new-page.tsx'
import { ThreadPage } from './thread-page.tsx'
import { queryOf, viewOf } from './views.ts'
import { waysTo } from './ways.ts'

type Page = Context<SignedInEnv>

interface Again {
  typed?: Typed
  preview?: MessagePreview
  issues?: Issue[]
}

export const conversationPages = new Hono<SignedInEnv>()
  .use(may('leads:read'))

  .get('/', async (c) => {
    const { core, session } = c.var
    const { workspaceId } = session
    const view = viewOf(c.req.query('view'))
    const cursor = c.req.query('cursor') || undefined
    try {
      const [{ data: conversations, nextCursor }, members, channels] = await Promise.all([
        listConversations(core, workspaceId, { ...queryOf(view, session.actor.id!), limit: 30, cursor }),
        listMembers(core, workspaceId),
        listChannels(core, workspaceId),
      ])
      const known = { members: memberNames(members), channels: new Map(channels.map(({ id, title }) => [id, title])) }
      return c.html(<InboxPage {...{ session, view, conversations, cursor, nextCursor, ...known }} />)
    } catch (error) {
      if (error instanceof LeadNestError && error.code === 'invalid_cursor')
        return c.redirect(`${at}?view=${view}`, 303)
      throw error
    }
  })

  .post('/preview', may('leads:write'), async (c) => {
    const typed = await readTyped(c)
    const about = { channel: await formText(c, 'channel'), leadId: await formText(c, 'leadId') }
    if (!typed.body.trim() && !typed.template) return c.html(<Preview preview={undefined} />)
    return c.html(<Preview preview={await previewOf(c, about, typed)} filled={Boolean(typed.template)} />)
  })

  .get('/with/:lead', async (c) => {
    const { core, session } = c.var
    const lead = await getLead(core, session.workspaceId, c.req.param('lead'))
    const ways = waysTo(lead, await listChannels(core, session.workspaceId))
    const channel = c.req.query('channel') ?? ways[0]?.id ?? 'sms'
    const { data } = await listConversations(core, session.workspaceId, { lead: lead.id, channel, limit: 50 })
    // One at an address that they had before is not where they are now.
    const known = data.find(({ address }) => address === lead.phone || address === lead.email)
    return known ? c.redirect(`${at}/${known.id}`, 303) : c.html(await newPage(c, lead.id, channel))
  })

  .post('/with/:lead', may('leads:write'), async (c) => {
    const leadId = c.req.param('lead')
    const channel = c.req.query('channel') ?? 'sms'
    const back = `${at}/with/${encodeURIComponent(leadId)}?channel=${encodeURIComponent(channel)}`
    return write(c, { channel, leadId }, back, (again) => newPage(c, leadId, channel, again))
  })

  .get('/media/:message/:index', async (c) => {
    const { core, session } = c.var
    const file = await openMedia(core, session.workspaceId, c.req.param('message'), Number(c.req.param('index')))
    c.header('content-type', 'application/octet-stream')
    c.header('content-length', String(file.size))
    c.header('content-disposition', attachment(file.name))
    return c.body(streamOf(file.read()))
  })

  .post('/messages/:id/cancel', may('leads:write'), async (c) => {
    const { core, session } = c.var
    try {
      const { conversationId } = await cancelMessage(core, session.workspaceId, c.req.param('id'), by(c))
      return c.redirect(`${at}/${conversationId}`, 303)
    } catch (error) {
      // It was faster: the thread says how far it is.
      if (error instanceof LeadNestError && error.code === 'message_left') return c.redirect(at, 303)
      throw error
    }
  })

  .get('/:id', async (c) => c.html(await threadPage(c, c.req.param('id'))))

  .post('/:id', may('leads:write'), async (c) => {
    const { id, channel, leadId } = await getConversation(c.var.core, c.var.session.workspaceId, c.req.param('id'))
    const about = { channel, leadId: leadId ?? '', conversationId: id }
    return write(c, about, `${at}/${id}`, (again) => threadPage(c, id, again))
  })

  .post('/:id/state', may('leads:write'), async (c) => {
    const { core, session } = c.var
    const patch = await patchOf(c)
    const { id } = await updateConversation(core, session.workspaceId, c.req.param('id'), patch, by(c))
    return c.redirect(`${at}/${id}`, 303)
  })

async function threadPage(c: Page, id: string, { typed = nothingTyped, preview, issues = [] }: Again = {}) {
  const { core, session } = c.var
  const { workspaceId } = session
  const conversation = await getConversation(core, workspaceId, id)
  const cursor = c.req.query('cursor') || undefined
  const [{ data, nextCursor }, channels, templates, members] = await Promise.all([
    listMessages(core, workspaceId, conversation.id, { limit: 50, cursor }),
    listChannels(core, workspaceId),
    templatesFor(c, conversation.channel),
    listMembers(core, workspaceId),
  ])
  const channel = channels.find(({ id }) => id === conversation.channel)
  const messages = data.toReversed()
  // Said before anybody types.
  const optedOut =
    conversation.leadId !== null &&
    channel?.ready === true &&
    (await previewMessage(core, workspaceId, {
      channel: channel.id,
      leadId: conversation.leadId,
      body: '…',
      media: 0,
    }).then(
      ({ suppressed }) => suppressed,
      // Whom nothing can be said of gets the page all the same.
      () => false,
    ))
  const shown = { conversation, messages, older: nextCursor, cursor, channel, templates, members, optedOut }
  return <ThreadPage {...{ session, ...shown, typed, preview, issues }} />
}

async function newPage(
  c: Page,
  leadId: string,
  id: string,
  { typed = nothingTyped, preview, issues = [] }: Again = {},
) {
  const { core, session } = c.var
  const [lead, channels, templates] = await Promise.all([
    getLead(core, session.workspaceId, leadId),
    listChannels(core, session.workspaceId),
    templatesFor(c, id),
  ])
  const channel = channels.find((one) => one.id === id)
  const others = waysTo(lead, channels).filter((one) => one.id !== id)
  return <NewPage {...{ session, lead, channel, others, templates, typed, preview, issues }} />
}

const templatesFor = async (c: Page, channel: string) =>
  (await listMessageTemplates(c.var.core, c.var.session.workspaceId)).filter(
    (one) => one.channel === null || one.channel === channel,
  )

async function readTyped(c: Page): Promise<Typed> {
  const text = (name: keyof Typed) => formText(c, name)
  return {
    subject: (await text('subject')).trim(),
    body: await text('body'),
    template: await text('template'),
    mediaUrl: (await text('mediaUrl')).trim(),
    sendAt: await text('sendAt'),
  }
}

const previewOf = (c: Page, { channel, leadId }: About, { body, template, mediaUrl }: Typed) =>
  previewMessage(c.var.core, c.var.session.workspaceId, {
    ...{ channel, leadId },
    ...(template ? { template } : { body: body.trim() }),
    media: mediaUrl ? 1 : 0,
  })

interface About {
  channel: string
  leadId: string
  conversationId?: string
}

/** Sends what was typed, once for each form, or shows what it would be. `back` is where it is seen when it is sent already. */
async function write(
  c: Page,
  about: About,
  back: string,
  page: (again: Again) => ReturnType<typeof threadPage> | ReturnType<typeof newPage>,
): Promise<Response> {
  const { core, session } = c.var
  const { workspaceId } = session
  const typed = await readTyped(c)
  return answered(
    c,
    async () => {
      const { subject, body, template, mediaUrl, sendAt } = typed
      if ((await formText(c, 'do')) === 'preview')
        return c.html(await page({ typed, preview: await previewOf(c, about, typed) }))
      const { timeZone } = await getWorkspaceSettings(core, workspaceId)
      const message = {
        ...about,
        ...(subject && { subject }),
        ...(template ? { template } : { body }),
        ...(mediaUrl && { mediaUrls: [mediaUrl] }),
        ...(sendAt && { sendAt: momentOf(sendAt, timeZone) }),
      }
      const conversationId = await sendOnce(c, message)
      if (!conversationId) return c.redirect(back, 303)
      await readIt(c, conversationId)
      return c.redirect(`${at}/${conversationId}`, 303)
    },
    (issues) => page({ typed, issues: issues.map(named) }),
  )
}

/** The conversation that it is in; undefined while the same form, posted before, is still being sent. */
async function sendOnce(c: Page, message: Parameters<typeof sendMessage>[2]): Promise<string | undefined> {
  const { core, session } = c.var
  const key = await formText(c, 'key')
  const name = {
    scope: `session:${session.id}`,
    key: isId(key) ? key : newId(),
    fingerprint: fingerprintOf('message', JSON.stringify(message)),
  }
  try {
    const sent = await once(core, session.workspaceId, name, (core) =>
      sendMessage(core, session.workspaceId, message, by(c)),
    )
    return sent.conversationId
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'idempotency_in_flight') return undefined
    throw error
  }
}

/** A form has one address of a file. */
const named = ({ path, message }: Issue): Issue => ({ path: path.startsWith('mediaUrls') ? 'mediaUrl' : path, message })

/** Whoever answers has read. */
async function readIt(c: Page, id: string): Promise<Conversation> {
  return updateConversation(c.var.core, c.var.session.workspaceId, id, { read: true }, by(c))
}

const hour = 3_600_000

async function patchOf(c: Page): Promise<ConversationPatch> {
  const later = (ms: number) => new Date(c.var.core.now().getTime() + ms).toISOString()
  const deeds: Record<string, () => Promise<ConversationPatch> | ConversationPatch> = {
    assign: async () => ({ ownerId: (await formText(c, 'ownerId')) || null }),
    'snooze-hours': () => ({ snoozedUntil: later(3 * hour) }),
    'snooze-day': () => ({ snoozedUntil: later(24 * hour) }),
    wake: () => ({ snoozedUntil: null }),
    unread: () => ({ read: false }),
    close: () => ({ status: 'closed', read: true }),
    open: () => ({ status: 'open' }),
  }
  const deed = await formText(c, 'do')
  return Object.hasOwn(deeds, deed) ? deeds[deed]!() : { read: true }
}
