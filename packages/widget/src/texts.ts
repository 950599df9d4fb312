export interface Texts {
  required: string
  fill: string
  email: string
  check: string
  sending: string
  again: string
  offline: string
  busy: string
  failed: string
  unloadable: string
}

const languages: Record<string, Texts> = {
  en: {
    required: 'required',
    fill: 'This is required.',
    email: 'Please write an address like name@example.com.',
    check: 'Please check the marked fields.',
    sending: 'Sending…',
    again: 'Try again',
    offline: 'This did not get through. Please try again: what you wrote is still here.',
    busy: 'Too many tries at once. Please wait a minute and try again.',
    failed: 'This could not be sent.',
    unloadable: 'This form could not be loaded.',
  },
  de: {
    required: 'erforderlich',
    fill: 'Das ist erforderlich.',
    email: 'Bitte eine Adresse wie name@example.com angeben.',
    check: 'Bitte die markierten Felder prüfen.',
    sending: 'Wird gesendet …',
    again: 'Noch einmal versuchen',
    offline: 'Das ist nicht angekommen. Bitte noch einmal versuchen: Ihre Eingaben sind noch da.',
    busy: 'Zu viele Versuche auf einmal. Bitte eine Minute warten.',
    failed: 'Das konnte nicht gesendet werden.',
    unloadable: 'Dieses Formular konnte nicht geladen werden.',
  },
  fr: {
    required: 'obligatoire',
    fill: 'Ceci est obligatoire.',
    email: 'Veuillez saisir une adresse comme nom@exemple.fr.',
    check: 'Veuillez vérifier les champs signalés.',
    sending: 'Envoi…',
    again: 'Réessayer',
    offline: 'L’envoi n’a pas abouti. Veuillez réessayer : votre saisie est conservée.',
    busy: 'Trop de tentatives. Veuillez patienter une minute.',
    failed: 'L’envoi a échoué.',
    unloadable: 'Ce formulaire n’a pas pu être chargé.',
  },
  es: {
    required: 'obligatorio',
    fill: 'Esto es obligatorio.',
    email: 'Escriba una dirección como nombre@ejemplo.es.',
    check: 'Revise los campos marcados.',
    sending: 'Enviando…',
    again: 'Reintentar',
    offline: 'No se ha podido enviar. Inténtelo de nuevo: lo que escribió sigue aquí.',
    busy: 'Demasiados intentos. Espere un minuto.',
    failed: 'No se ha podido enviar.',
    unloadable: 'No se ha podido cargar este formulario.',
  },
}

/** The widget's own words; what the form asks comes in the language its author wrote it in. */
export function textsFor(language = 'en'): Texts {
  return languages[language.slice(0, 2).toLowerCase()] ?? languages.en!
}
