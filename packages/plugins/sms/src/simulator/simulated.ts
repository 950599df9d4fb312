import {
  html,
  type PageCall,
  type Pages,
  type PluginContext,
  type Route,
  type RouteContext,
} from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { Provider } from '../provider.ts'
import type { TwilioSettings } from '../twilio/settings.ts'
import { type Mood, type SimulatedMessage, type SimulatedTwilio, simulatedTwilio } from './twilio.ts'

type Context = PluginContext<TwilioSettings>
type Doors = Record<`POST /${string}`, Route<TwilioSettings>>

/** How long the simulated phone takes to get a message, in ms. */
const delay = 800

/** A word of Twilio that has not been told yet. */
interface Waiting {
  message: SimulatedMessage
  status: 'sent' | 'delivered' | 'undelivered' | 'failed'
}

export interface Simulator {
  provider: Provider<TwilioSettings>
  twilio: SimulatedTwilio
  pages(doors: Doors): Pages<TwilioSettings>
}

/** Twilio without Twilio: the provider as it is, on an API in memory, with a page to play the other side. Never in production. */
export function simulator(real: Provider<TwilioSettings>): Simulator {
  const twilio = simulatedTwilio()
  const replies: { from: string; body: string; at: Date }[] = []
  const waiting: Waiting[] = []
  let holds = false
  let doors: Doors = {}
  let number = 0

  const within = (context: Context): Context => ({ ...context, fetch: Object.assign(twilio.fetch, {}) })

  /** Through the plugin's own door, signed: as it comes from outside. */
  async function post(request: Request, context: Context): Promise<number> {
    const { pathname } = new URL(request.url)
    const door = doors[`POST ${pathname.replace(/^.*\/plugins\/sms/, '')}` as `POST /${string}`]
    const found = async () => context
    const asked: RouteContext<TwilioSettings> = { params: {}, url: request.url, find: found, at: found, only: found }
    const answer = typeof door === 'object' ? await door.answer(request, asked) : new Response(null, { status: 404 })
    return answer.status
  }

  async function tell({ message, status }: Waiting, context: Context): Promise<void> {
    message.status = status
    const messageId = message.callback ? new URL(message.callback).searchParams.get('message') : null
    const report = {
      providerId: message.sid,
      status,
      ...(messageId && { messageId }),
      ...(status === 'undelivered' && { error: { code: '30003' } }),
      ...(status === 'failed' && { error: { code: '30008' } }),
    }
    await post(await real.simulate.status!(report, at(context)), context)
    await context.refresh()
  }

  const at = ({ settings, baseUrl }: Context) => ({ settings, url: `${baseUrl}/plugins/sms` })

  function deliverLater(message: SimulatedMessage, context: Context): void {
    const words: Waiting[] = [
      { message, status: 'sent' },
      { message, status: 'delivered' },
    ]
    if (holds) {
      waiting.push(...words)
      return
    }
    const timer = setTimeout(async () => {
      for (const word of words) await tell(word, context).catch(() => undefined)
    }, delay)
    timer.unref()
  }

  const provider: Provider<TwilioSettings> = {
    ...real,
    title: 'Simulated Twilio',
    async send(message, context) {
      const accepted = await real.send(message, within(context))
      const taken = twilio.messages.find(({ sid }) => sid === accepted.providerId)
      if (taken) deliverLater(taken, context)
      await context.refresh()
      return accepted
    },
    lookUp: (message, context) => real.lookUp!(message, within(context)),
    check: (context) => real.check!(within(context)),
  }

  const Reply = v.object({
    from: v.pipe(v.string(), v.trim(), v.regex(/^\+[1-9]\d{6,14}$/, 'Write it like +14155550100.'), v.title('From')),
    body: v.optional(v.pipe(v.string(), v.title('Text')), ''),
  })
  const moods: Mood[] = ['accept', 'refuse', 'opted_out', 'busy', 'down', 'unreachable', 'lose_answer']
  const Behaviour = v.object({
    mood: v.pipe(v.picklist(moods), v.title('The next messages')),
    hold: v.optional(v.pipe(v.boolean(), v.title('Keep what becomes of them')), false),
  })

  const pages: Pages<TwilioSettings> = {
    'GET /simulator': {
      title: 'SMS simulator',
      menu: true,
      icon: 'phone',
      draw: ({ at, live, controls }) => html`
        <p class="muted">Twilio, in memory: nothing leaves this machine. Everything it tells comes through the door of the plugin, signed.</p>
        ${live('phone', phone(at, twilio.messages, replies))}
        <form class="card stack" method="post" action="${at}/simulator/reply" aria-label="Write as somebody">
          <h2>Write as somebody</h2>
          ${controls(Reply, { from: twilio.messages.at(-1)?.to ?? '+14155550100' })}
          <div class="actions">
            <button class="button primary" type="submit">Send</button>
            ${['STOP', 'START', 'HELP'].map((word) => html`<button class="button" name="word" value="${word}" type="submit">${word}</button>`)}
          </div>
        </form>
        <form class="card stack" method="post" action="${at}/simulator/behave" aria-label="How it behaves">
          <h2>How it behaves</h2>
          ${controls(Behaviour, { mood: twilio.mood(), hold: holds })}
          <div class="actions">
            <button class="button" type="submit">Behave so</button>
            <button class="button" name="tell" value="in order" type="submit">Tell ${waiting.length} in order</button>
            <button class="button" name="tell" value="in reverse" type="submit">Tell them in reverse</button>
          </div>
        </form>`,
    },
    'POST /simulator/reply': {
      async run({ read, typed }, context) {
        const { from, body } = read(Reply)
        const text = typed.word ?? body
        replies.push({ from, body: text, at: context.now() })
        const status = await post(
          await real.simulate.inbound!(
            {
              providerId: `SM${(++number).toString(16).padStart(8, '0')}${Date.now().toString(16).padStart(24, '0')}`,
              from,
              to: context.settings.senders[0]!,
              body: text,
            },
            at(context),
          ),
          context,
        )
        await context.refresh()
        return { to: '/simulator', notice: status === 200 ? 'It was taken.' : `It was answered ${status}.` }
      },
    },
    'POST /simulator/behave': {
      async run({ read, typed }, context) {
        const { mood, hold } = read(Behaviour)
        twilio.behave(mood)
        holds = hold
        if (typed.tell) {
          const words = waiting.splice(0)
          for (const word of typed.tell === 'in reverse' ? words.toReversed() : words) await tell(word, context)
        }
        return { to: '/simulator' }
      },
    },
    'POST /simulator/status/:sid': {
      async run({ params, typed }: PageCall, context) {
        const message = twilio.messages.find(({ sid }) => sid === params.sid)
        const status = (['delivered', 'undelivered', 'failed'] as const).find((one) => one === typed.status)
        if (message && status) await tell({ message, status }, context)
        return { to: '/simulator' }
      },
    },
  }

  return {
    provider,
    twilio,
    pages(given) {
      doors = given
      return pages
    },
  }
}

function phone(at: string, messages: SimulatedMessage[], replies: { from: string; body: string; at: Date }[]) {
  const all = [
    ...messages.map((message) => ({ at: message.createdAt, message, reply: undefined })),
    ...replies.map((reply) => ({ at: reply.at, message: undefined, reply })),
  ].sort((one, other) => one.at.getTime() - other.at.getTime())
  if (all.length === 0) return html`<p class="card muted">Nothing was sent yet. Write to a lead, or as somebody.</p>`
  return html`<ul class="card rows">${all.map(({ message, reply }) =>
    message
      ? html`<li>
          <p><strong>To ${message.to}</strong> <small class="muted">${message.status}</small></p>
          <p>${message.body}</p>
          <form method="post" action="${at}/simulator/status/${message.sid}">
            ${['delivered', 'undelivered', 'failed'].map((status) => html`<button class="button" name="status" value="${status}" type="submit">${status}</button> `)}
          </form>
        </li>`
      : html`<li><p><strong>From ${reply.from}</strong></p><p>${reply.body}</p></li>`,
  )}</ul>`
}
