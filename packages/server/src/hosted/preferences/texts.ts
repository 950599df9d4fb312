import type { Context } from 'hono'

/** About what is stored of somebody. */
interface DataTexts {
  title: string
  elsewhere(workspace: string): string
  copy: string
  copyOpen: string
  copyReady(until: string): string
  fetch: string
  refused: string
  erase: string
  eraseOpen: string
  sure: string
  sureMore: string
  yes: string
  back: string
}

export interface Texts {
  language: string
  title(workspace: string): string
  about(masked: string): string
  nothing: string
  save: string
  elsewhere: string
  withheld(workspace: string): string
  stop: string
  stopMore(workspace: string): string
  stopped: string
  done: { saved: string; stopped: string; asked: string }
  gone: { title: string; text: string }
  data: DataTexts
  channels: Record<string, string>
}

const english: Texts = {
  language: 'en',
  title: (workspace) => `What ${workspace} may send you`,
  about: (masked) => `This is about ${masked}.`,
  nothing: 'You agreed to nothing that could be sent to you.',
  save: 'Save',
  withheld: (workspace) => `${workspace} does not send you this at present.`,
  elsewhere: 'To turn this on again, open the link in a message that was sent there.',
  stop: 'Stop everything',
  stopMore: (workspace) => `One click, and ${workspace} does not write to you or call you any more, in any way.`,
  stopped: 'You stopped everything. Nothing is sent to you unless you turn something on again.',
  done: {
    saved: 'Your choice is saved.',
    stopped: 'You are unsubscribed from everything.',
    asked: 'We have your request.',
  },
  gone: { title: 'There is nothing here', text: 'Nothing is kept that this link could show or change.' },
  data: {
    title: 'Your data',
    elsewhere: (workspace) =>
      `By this link you can stop what is sent to you, and no more. For a copy of your data, or to be erased, ask ${workspace}.`,
    copy: 'Ask for a copy of my data',
    copyOpen: 'You asked for a copy of your data. It is being looked at: come back here by the same link.',
    copyReady: (until) => `A copy of everything that is stored about you can be fetched here until ${until}.`,
    fetch: 'Fetch my data',
    refused: 'Your last request was not granted.',
    erase: 'Erase everything about me',
    eraseOpen: 'You asked for everything about you to be erased. It is being looked at.',
    sure: 'Erase everything about you?',
    sureMore:
      'This cannot be undone. It stays known, by a code that tells nobody who you are, that you want no messages, if you said so.',
    yes: 'Yes, erase everything',
    back: 'No, go back',
  },
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
    withheld: (workspace) => `${workspace} sendet Ihnen das zurzeit nicht.`,
    elsewhere: 'Um das wieder einzuschalten, öffnen Sie den Link in einer Nachricht, die dorthin ging.',
    stop: 'Alles abbestellen',
    stopMore: (workspace) =>
      `Ein Klick, und ${workspace} schreibt Ihnen nicht mehr und ruft nicht mehr an, auf keinem Weg.`,
    stopped: 'Sie haben alles abbestellt. Sie erhalten nichts, bis Sie wieder etwas einschalten.',
    done: {
      saved: 'Ihre Auswahl ist gespeichert.',
      stopped: 'Sie sind überall abgemeldet.',
      asked: 'Ihre Anfrage ist angekommen.',
    },
    gone: { title: 'Hier ist nichts', text: 'Es ist nichts gespeichert, was dieser Link zeigen oder ändern könnte.' },
    data: {
      title: 'Ihre Daten',
      elsewhere: (workspace) =>
        `Mit diesem Link können Sie abbestellen, und nicht mehr. Für eine Kopie Ihrer Daten oder deren Löschung wenden Sie sich an ${workspace}.`,
      copy: 'Eine Kopie meiner Daten anfordern',
      copyOpen: 'Sie haben eine Kopie Ihrer Daten angefordert. Das wird geprüft: Kommen Sie mit demselben Link wieder.',
      copyReady: (until) => `Eine Kopie von allem, was über Sie gespeichert ist, liegt hier bis ${until} bereit.`,
      fetch: 'Meine Daten abholen',
      refused: 'Ihre letzte Anfrage wurde abgelehnt.',
      erase: 'Alles über mich löschen',
      eraseOpen: 'Sie haben verlangt, dass alles über Sie gelöscht wird. Das wird geprüft.',
      sure: 'Alles über Sie löschen?',
      sureMore:
        'Das lässt sich nicht rückgängig machen. Bekannt bleibt, durch einen Code, der niemandem sagt, wer Sie sind, dass Sie keine Nachrichten möchten, wenn Sie das gesagt haben.',
      yes: 'Ja, alles löschen',
      back: 'Nein, zurück',
    },
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
    withheld: (workspace) => `${workspace} ne vous envoie pas cela pour le moment.`,
    elsewhere: 'Pour le réactiver, ouvrez le lien d’un message envoyé à cette adresse.',
    stop: 'Tout arrêter',
    stopMore: (workspace) => `Un clic, et ${workspace} ne vous écrit plus et ne vous appelle plus, d’aucune façon.`,
    stopped: 'Vous avez tout arrêté. Rien ne vous sera envoyé tant que vous ne réactivez rien.',
    done: {
      saved: 'Votre choix est enregistré.',
      stopped: 'Vous êtes désinscrit de tout.',
      asked: 'Votre demande est arrivée.',
    },
    gone: { title: 'Il n’y a rien ici', text: 'Rien n’est conservé que ce lien pourrait montrer ou modifier.' },
    data: {
      title: 'Vos données',
      elsewhere: (workspace) =>
        `Par ce lien, vous pouvez arrêter les envois, et rien de plus. Pour une copie de vos données ou leur suppression, adressez-vous à ${workspace}.`,
      copy: 'Demander une copie de mes données',
      copyOpen: 'Vous avez demandé une copie de vos données. Elle est à l’étude : revenez par le même lien.',
      copyReady: (until) => `Une copie de tout ce qui est conservé à votre sujet est disponible ici jusqu’au ${until}.`,
      fetch: 'Récupérer mes données',
      refused: 'Votre dernière demande a été refusée.',
      erase: 'Effacer tout ce qui me concerne',
      eraseOpen: 'Vous avez demandé l’effacement de tout ce qui vous concerne. La demande est à l’étude.',
      sure: 'Effacer tout ce qui vous concerne ?',
      sureMore:
        'C’est irréversible. Il reste connu, par un code qui ne dit à personne qui vous êtes, que vous ne voulez pas de messages, si vous l’avez dit.',
      yes: 'Oui, tout effacer',
      back: 'Non, revenir',
    },
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
    withheld: (workspace) => `${workspace} no le envía esto por ahora.`,
    elsewhere: 'Para activarlo de nuevo, abra el enlace de un mensaje que se envió allí.',
    stop: 'Cancelar todo',
    stopMore: (workspace) => `Un clic, y ${workspace} ya no le escribe ni le llama, de ninguna manera.`,
    stopped: 'Lo canceló todo. No se le envía nada mientras no active algo de nuevo.',
    done: {
      saved: 'Su elección está guardada.',
      stopped: 'Su suscripción a todo está cancelada.',
      asked: 'Recibimos su solicitud.',
    },
    gone: { title: 'Aquí no hay nada', text: 'No se guarda nada que este enlace pueda mostrar o cambiar.' },
    data: {
      title: 'Sus datos',
      elsewhere: (workspace) =>
        `Con este enlace puede darse de baja, y nada más. Para una copia de sus datos o su borrado, diríjase a ${workspace}.`,
      copy: 'Pedir una copia de mis datos',
      copyOpen: 'Usted pidió una copia de sus datos. Se está revisando: vuelva con el mismo enlace.',
      copyReady: (until) => `Una copia de todo lo que se guarda sobre usted está aquí hasta el ${until}.`,
      fetch: 'Descargar mis datos',
      refused: 'Su última solicitud fue rechazada.',
      erase: 'Borrar todo sobre mí',
      eraseOpen: 'Usted pidió que se borre todo sobre usted. Se está revisando.',
      sure: '¿Borrar todo sobre usted?',
      sureMore:
        'No se puede deshacer. Se sabrá aún, por un código que no dice a nadie quién es, que no quiere mensajes, si así lo dijo.',
      yes: 'Sí, borrar todo',
      back: 'No, volver',
    },
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
