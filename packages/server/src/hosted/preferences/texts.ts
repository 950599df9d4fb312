import type { Context } from 'hono'

export interface Texts {
  language: string
  title(workspace: string): string
  about(masked: string): string
  nothing: string
  save: string
  elsewhere: string
  stop: string
  stopMore(workspace: string): string
  stopped: string
  done: { saved: string; stopped: string }
  gone: { title: string; text: string }
  channels: Record<string, string>
}

const english: Texts = {
  language: 'en',
  title: (workspace) => `What ${workspace} may send you`,
  about: (masked) => `This is about ${masked}.`,
  nothing: 'You agreed to nothing that could be sent to you.',
  save: 'Save',
  elsewhere: 'To turn this on again, open the link in a message that was sent there.',
  stop: 'Stop everything',
  stopMore: (workspace) => `${workspace} will not write to you or call you any more, in any way.`,
  stopped: 'You stopped everything. Nothing is sent to you unless you turn something on again.',
  done: { saved: 'Your choice is saved.', stopped: 'You are unsubscribed from everything.' },
  gone: { title: 'There is nothing here', text: 'Nothing is kept that this link could show or change.' },
  channels: {
    email: 'E-mail',
    sms: 'Text messages',
    phone: 'Phone calls',
    voice: 'Recorded calls',
    whatsapp: 'WhatsApp',
    rcs: 'RCS messages',
  },
}

const all: Record<string, Texts> = {
  en: english,
  de: {
    language: 'de',
    title: (workspace) => `Was ${workspace} Ihnen senden darf`,
    about: (masked) => `Es geht um ${masked}.`,
    nothing: 'Sie haben nichts zugestimmt, was man Ihnen senden könnte.',
    save: 'Speichern',
    elsewhere: 'Um das wieder einzuschalten, öffnen Sie den Link in einer Nachricht, die dorthin ging.',
    stop: 'Alles abbestellen',
    stopMore: (workspace) => `${workspace} schreibt Ihnen dann nicht mehr und ruft nicht mehr an, auf keinem Weg.`,
    stopped: 'Sie haben alles abbestellt. Sie erhalten nichts, bis Sie wieder etwas einschalten.',
    done: { saved: 'Ihre Auswahl ist gespeichert.', stopped: 'Sie sind überall abgemeldet.' },
    gone: { title: 'Hier ist nichts', text: 'Es ist nichts gespeichert, was dieser Link zeigen oder ändern könnte.' },
    channels: {
      email: 'E-Mail',
      sms: 'SMS',
      phone: 'Anrufe',
      voice: 'Sprachansagen',
      whatsapp: 'WhatsApp',
      rcs: 'RCS-Nachrichten',
    },
  },
  fr: {
    language: 'fr',
    title: (workspace) => `Ce que ${workspace} peut vous envoyer`,
    about: (masked) => `Cela concerne ${masked}.`,
    nothing: 'Vous n’avez accepté aucun envoi.',
    save: 'Enregistrer',
    elsewhere: 'Pour le réactiver, ouvrez le lien d’un message envoyé à cette adresse.',
    stop: 'Tout arrêter',
    stopMore: (workspace) => `${workspace} ne vous écrira plus et ne vous appellera plus, d’aucune façon.`,
    stopped: 'Vous avez tout arrêté. Rien ne vous sera envoyé tant que vous ne réactivez rien.',
    done: { saved: 'Votre choix est enregistré.', stopped: 'Vous êtes désinscrit de tout.' },
    gone: { title: 'Il n’y a rien ici', text: 'Rien n’est conservé que ce lien pourrait montrer ou modifier.' },
    channels: {
      email: 'E-mail',
      sms: 'SMS',
      phone: 'Appels',
      voice: 'Messages vocaux',
      whatsapp: 'WhatsApp',
      rcs: 'Messages RCS',
    },
  },
  es: {
    language: 'es',
    title: (workspace) => `Lo que ${workspace} puede enviarle`,
    about: (masked) => `Se trata de ${masked}.`,
    nothing: 'No ha aceptado ningún envío.',
    save: 'Guardar',
    elsewhere: 'Para activarlo de nuevo, abra el enlace de un mensaje que se envió allí.',
    stop: 'Cancelar todo',
    stopMore: (workspace) => `${workspace} ya no le escribirá ni le llamará, de ninguna manera.`,
    stopped: 'Lo canceló todo. No se le envía nada mientras no active algo de nuevo.',
    done: { saved: 'Su elección está guardada.', stopped: 'Su suscripción a todo está cancelada.' },
    gone: { title: 'Aquí no hay nada', text: 'No se guarda nada que este enlace pueda mostrar o cambiar.' },
    channels: {
      email: 'Correo electrónico',
      sms: 'SMS',
      phone: 'Llamadas',
      voice: 'Mensajes de voz',
      whatsapp: 'WhatsApp',
      rcs: 'Mensajes RCS',
    },
  },
}

/** In the first language of the browser that we speak: the page is of a person, not of a form. */
export function textsOf(c: Context): Texts {
  const asked = (c.req.header('accept-language') ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase())
  return all[asked.find((language) => Object.hasOwn(all, language)) ?? 'en']!
}

/** A channel of a plugin goes by its own name. */
export const channelName = ({ channels }: Texts, channel: string): string =>
  Object.hasOwn(channels, channel) ? channels[channel]! : channel
