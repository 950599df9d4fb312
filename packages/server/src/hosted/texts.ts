import type { Field, Issue } from '@leadnest/core'

interface Texts {
  required: string
  check: string
  busy: string
  another: string
  /** Where what was sent waits for a confirmation. */
  confirm: string
  tick: string
}

const languages: Record<string, Texts & { fill: string; email: string; wrong: string }> = {
  de: {
    required: 'erforderlich',
    check: 'Bitte prüfen Sie Ihre Angaben. Es wurde noch nichts gesendet.',
    busy: 'Das ließ sich gerade nicht speichern. Bitte senden Sie es noch einmal: Ihre Eingaben sind noch da.',
    another: 'Noch einmal ausfüllen',
    confirm: 'Sie erhalten gleich einen Link. Bitte bestätigen Sie damit Ihre Adresse.',
    tick: 'Bitte ankreuzen, um fortzufahren.',
    fill: 'Das ist erforderlich.',
    email: 'Bitte eine Adresse wie name@example.com angeben.',
    wrong: 'Bitte prüfen Sie diese Angabe.',
  },
  fr: {
    required: 'obligatoire',
    check: 'Veuillez vérifier votre saisie. Rien n’a encore été envoyé.',
    busy: 'L’enregistrement n’a pas abouti. Veuillez renvoyer le formulaire : votre saisie est conservée.',
    another: 'Remplir à nouveau',
    confirm: 'Vous allez recevoir un lien. Veuillez l’utiliser pour confirmer votre adresse.',
    tick: 'Veuillez cocher cette case pour continuer.',
    fill: 'Ceci est obligatoire.',
    email: 'Veuillez saisir une adresse comme nom@exemple.fr.',
    wrong: 'Veuillez vérifier cette réponse.',
  },
  es: {
    required: 'obligatorio',
    check: 'Revise los datos. Todavía no se ha enviado nada.',
    busy: 'No se ha podido guardar. Envíelo de nuevo: lo que escribió sigue aquí.',
    another: 'Rellenar de nuevo',
    confirm: 'Recibirá un enlace. Úselo para confirmar su dirección.',
    tick: 'Marque esta casilla para continuar.',
    fill: 'Esto es obligatorio.',
    email: 'Escriba una dirección como nombre@ejemplo.es.',
    wrong: 'Revise esta respuesta.',
  },
}

const english: Texts = {
  required: 'required',
  check: 'Please check what you wrote. Nothing was sent yet.',
  busy: 'This could not be saved just now. Please send it again: what you wrote is still here.',
  another: 'Fill it in again',
  confirm: 'You will get a link. Please follow it to confirm your address.',
  tick: 'Tick this box to go on.',
}

const known = (language: string) => languages[language.slice(0, 2).toLowerCase()]

/** The page's own words; what the form asks comes in the language its author wrote it in. */
export const textsFor = (language: string): Texts => known(language) ?? english

/** What is wrong with an answer, in the language of the form. */
export function complaint({ message }: Issue, field: Field, value: string, language: string): string {
  const texts = known(language)
  if (!texts) return message
  if (value.trim() === '') return texts.fill
  return field.type === 'email' ? texts.email : texts.wrong
}
