import type { Confirmation } from '@leadnest/core'

interface Texts {
  title: string
  question(form: string, workspace: string): string
  address(masked: string): string
  agreed: string
  confirm: string
  notYou: string
  done: string
  doneMore(workspace: string): string
  already: string
  again: string
  over: Record<'expired' | 'replaced' | 'closed', { title: string; text: string }>
}

const english: Texts = {
  title: 'Please confirm',
  question: (form, workspace) => `${workspace} received what you sent with “${form}”. It counts once you confirm it.`,
  address: (masked) => `You wrote down the address ${masked}.`,
  agreed: 'You agreed to this:',
  confirm: 'Confirm',
  notYou: 'Was it not you? Then close this page: nothing happens.',
  done: 'Thank you, it is confirmed.',
  doneMore: (workspace) => `${workspace} has what you sent.`,
  already: 'This was confirmed already. There is nothing left to do.',
  again: 'Send the form again',
  over: {
    expired: {
      title: 'This link is too old',
      text: 'A link works for three days. What you sent is kept, and waits. You can send the form again, and get a new link.',
    },
    replaced: {
      title: 'There is a newer link',
      text: 'Another link was made after this one. Use the latest that you got.',
    },
    closed: {
      title: 'There is nothing to confirm any more',
      text: 'What this link was made for is not waiting any more.',
    },
  },
}

const languages: Record<string, Texts> = {
  de: {
    title: 'Bitte bestätigen',
    question: (form, workspace) =>
      `${workspace} hat erhalten, was Sie mit „${form}“ gesendet haben. Es zählt, sobald Sie es bestätigen.`,
    address: (masked) => `Angegeben war die Adresse ${masked}.`,
    agreed: 'Sie haben zugestimmt:',
    confirm: 'Bestätigen',
    notYou: 'Sie waren das nicht? Dann schließen Sie diese Seite: Es geschieht nichts.',
    done: 'Danke, es ist bestätigt.',
    doneMore: (workspace) => `${workspace} hat, was Sie gesendet haben.`,
    already: 'Das wurde schon bestätigt. Es ist nichts mehr zu tun.',
    again: 'Das Formular noch einmal senden',
    over: {
      expired: {
        title: 'Dieser Link ist zu alt',
        text: 'Ein Link gilt drei Tage. Was Sie gesendet haben, ist gespeichert und wartet. Sie können das Formular noch einmal senden und erhalten einen neuen Link.',
      },
      replaced: {
        title: 'Es gibt einen neueren Link',
        text: 'Nach diesem wurde ein weiterer Link erstellt. Bitte nehmen Sie den letzten, den Sie erhalten haben.',
      },
      closed: {
        title: 'Hier ist nichts mehr zu bestätigen',
        text: 'Wofür dieser Link erstellt wurde, wartet nicht mehr.',
      },
    },
  },
  fr: {
    title: 'Veuillez confirmer',
    question: (form, workspace) =>
      `${workspace} a reçu ce que vous avez envoyé avec « ${form} ». Votre envoi comptera dès que vous l’aurez confirmé.`,
    address: (masked) => `L’adresse indiquée est ${masked}.`,
    agreed: 'Vous avez accepté :',
    confirm: 'Confirmer',
    notYou: 'Ce n’était pas vous ? Fermez cette page : il ne se passera rien.',
    done: 'Merci, c’est confirmé.',
    doneMore: (workspace) => `${workspace} a bien reçu votre envoi.`,
    already: 'C’était déjà confirmé. Il n’y a plus rien à faire.',
    again: 'Renvoyer le formulaire',
    over: {
      expired: {
        title: 'Ce lien est trop ancien',
        text: 'Un lien est valable trois jours. Votre envoi est conservé et attend. Vous pouvez renvoyer le formulaire et recevoir un nouveau lien.',
      },
      replaced: {
        title: 'Il existe un lien plus récent',
        text: 'Un autre lien a été créé après celui-ci. Utilisez le dernier que vous avez reçu.',
      },
      closed: { title: 'Il n’y a plus rien à confirmer', text: 'L’envoi de ce lien n’attend plus de confirmation.' },
    },
  },
  es: {
    title: 'Confirme, por favor',
    question: (form, workspace) => `${workspace} recibió lo que envió con «${form}». Contará en cuanto lo confirme.`,
    address: (masked) => `La dirección indicada es ${masked}.`,
    agreed: 'Usted aceptó lo siguiente:',
    confirm: 'Confirmar',
    notYou: '¿No fue usted? Cierre esta página: no ocurrirá nada.',
    done: 'Gracias, está confirmado.',
    doneMore: (workspace) => `${workspace} tiene lo que envió.`,
    already: 'Esto ya se confirmó. No hay nada más que hacer.',
    again: 'Enviar el formulario otra vez',
    over: {
      expired: {
        title: 'Este enlace es demasiado antiguo',
        text: 'Un enlace vale tres días. Lo que envió se conserva y espera. Puede enviar el formulario otra vez y recibir un enlace nuevo.',
      },
      replaced: {
        title: 'Hay un enlace más reciente',
        text: 'Después de este se creó otro enlace. Use el último que recibió.',
      },
      closed: { title: 'Ya no hay nada que confirmar', text: 'Aquello para lo que se creó este enlace ya no espera.' },
    },
  },
}

export const confirmTexts = ({ form }: Pick<Confirmation, 'form'>): Texts =>
  languages[form.language.slice(0, 2).toLowerCase()] ?? english
