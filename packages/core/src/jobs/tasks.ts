import type { Task, TaskList } from 'graphile-worker'
import { assignWaiting } from '../assignment/assign-leads.ts'
import { type Automation, automate } from '../automation/automate.ts'
import { sendConfirmation } from '../confirmations/send-link.ts'
import { sealAll, sealConsents } from '../consents/seal.ts'
import type { Core } from '../core.ts'
import { deliverAllTask, deliverEvent, deliverEvents, deliverTask, fanOut } from '../events/deliver.ts'
import { exportByTheClock } from '../exports/schedules.ts'
import { removeObject } from '../files/remove-file.ts'
import { remind } from '../leads/next-action.ts'
import { mailPasswordReset } from '../links/ask-password-reset.ts'
import { sendLink } from '../links/offer-link.ts'
import { deliverMessage } from '../messages/deliver-message.ts'
import { fetchMedia } from '../messages/fetch-media.ts'
import { lookAfterMessages } from '../messages/look-after-messages.ts'
import { lookUpMessage } from '../messages/look-up-message.ts'
import { pluginCrontab, pluginTasks } from '../plugins/plugin-jobs.ts'
import { clearForms } from '../privacy/clear-forms.ts'
import { finishErasure } from '../privacy/erase-lead.ts'
import { confirmByRule, eraseAsAsked } from '../privacy-requests/settle-request.ts'
import { rescore, rescoreByTheClock } from '../scores/rescore.ts'
import { forgetExpired } from './forget-expired.ts'
import { runJob } from './run-job.ts'

/** Whose jobs a worker runs: `only` those of plugins, or all but (`none`) those. */
export type WhosePlugins = 'all' | 'only' | 'none'

/** Every job there is, or those that are asked for. Jobs run at least once, so each is safe to repeat. */
export function tasks(core: Core, plugins: WhosePlugins = 'all'): TaskList {
  return { ...(plugins !== 'none' && theirs(core)), ...(plugins !== 'only' && ours(core)) }
}

function theirs(core: Core): TaskList {
  const deliveries = core.plugins.flatMap((plugin) => [
    [
      deliverTask(plugin.id),
      (payload: unknown) => deliverEvent(core, plugin, payload as { workspaceId: string; eventId: string }),
    ],
    [
      deliverAllTask(plugin.id),
      (payload: unknown) => deliverEvents(core, plugin, payload as { workspaceId: string; eventIds: string[] }),
    ],
  ])
  return {
    ...Object.fromEntries(deliveries),
    ...pluginTasks(core),
    run_plugin_job: goOn(core),
    send_link: (payload, { job }) => sendLink(core, payload as Parameters<typeof sendLink>[1], String(job.id)),
    // What asks a channel.
    send_message: (payload) => deliverMessage(core, payload as Parameters<typeof deliverMessage>[1]),
    send_confirmation: (payload) => sendConfirmation(core, payload as Parameters<typeof sendConfirmation>[1]),
    fetch_media: (payload) => fetchMedia(core, payload as Parameters<typeof fetchMedia>[1]),
    look_up_message: (payload) => lookUpMessage(core, payload as Parameters<typeof lookUpMessage>[1]),
  }
}

const goOn =
  (core: Core): Task =>
  (payload, { abortSignal }) =>
    runJob(core, payload as Parameters<typeof runJob>[1], { signal: abortSignal })

function ours(core: Core): TaskList {
  return {
    event(payload, { job }) {
      const work = () => fanOut(core, payload as { workspaceId: string; eventIds: string[] }, job.priority)
      return job.priority > 0 ? core.foreground.behind(work) : work()
    },
    automate: (payload) => automate(core, payload as Automation),
    mail_password_reset: (payload) => mailPasswordReset(core, payload as { address: string }),
    assign_waiting: (payload) => assignWaiting(core, payload as { workspaceId: string }),
    rescore: (payload, { abortSignal }) => rescore(core, payload as { workspaceId: string }, abortSignal),
    rescore_by_the_clock: () => rescoreByTheClock(core),
    remind: (payload) => remind(core, payload as Parameters<typeof remind>[1]),
    run_job: goOn(core),
    erase_as_asked: (payload) => eraseAsAsked(core, payload as Parameters<typeof eraseAsAsked>[1]),
    confirm_privacy_request: (payload) => confirmByRule(core, payload as Parameters<typeof confirmByRule>[1]),
    seal_consents: (payload) => sealConsents(core, payload as { workspaceId: string }),
    seal_all_consents: () => sealAll(core),
    finish_erasure: (payload) => finishErasure(core, payload as Parameters<typeof finishErasure>[1]),
    export_by_the_clock: () => exportByTheClock(core),
    remove_object: (payload) => removeObject(core, payload as Parameters<typeof removeObject>[1]),
    clear_forms: (_, { abortSignal }) => clearForms(core, abortSignal),
    look_after_messages: () => lookAfterMessages(core),
    forget_expired: () => forgetExpired(core),
  }
}

/** What runs by the clock (UTC). */
export const crontab = (core: Core, plugins: WhosePlugins = 'all') =>
  [...(plugins === 'only' ? [] : [oursByTheClock]), ...(plugins === 'none' ? [] : [pluginCrontab(core.plugins)])].join(
    '\n',
  )

const oursByTheClock = `7 * * * * forget_expired
41 2 * * * clear_forms
23 3 * * * rescore_by_the_clock
* * * * * seal_all_consents
* * * * * export_by_the_clock
* * * * * look_after_messages`
