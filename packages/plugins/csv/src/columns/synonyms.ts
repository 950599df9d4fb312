/** What of a lead is known by other names. */
type LeadTarget =
  | 'email'
  | 'phone'
  | 'name'
  | 'firstName'
  | 'lastName'
  | 'company'
  | 'externalId'
  | 'stage'
  | 'owner'
  | 'tags'
  | 'note'

/** A header without what people write differently: case, accents, spaces, marks. */
export const plainHeader = (header: string): string =>
  header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '')

/** What others call the same, the most certain first; of two columns of a file the one that stands first here is meant. */
const words: Record<LeadTarget, string[]> = {
  email: [
    'email, e-mail, emailaddress, e-mail-adresse, emailadresse, mail, mailadresse, primary email, email 1, work email, business email',
    'correo, correo electrónico, email address 1, e-mail 1 - value, adresse e-mail, adresse email, courriel, adresse mail, adres e-mail, e-mailadres',
    'indirizzo email, posta elettronica, endereço de email, e-mail cím, sähköposti, e-post, epost, e-postadress, eposta, e-posta, электронная почта, почта, メール, メールアドレス, 邮箱, 电子邮件, 이메일',
  ],
  phone: [
    'phone, phone number, telephone, telephone number, tel, telefon, telefonnummer, mobile, mobile phone, mobile phone number, mobile number, cell, cell phone, cellphone',
    'phone 1, phone 1 - value, work phone, business phone, home phone, handy, handynummer, mobil, mobilnummer, rufnummer, téléphone, numéro de téléphone, portable, teléfono, teléfono móvil, móvil',
    'telefono, cellulare, telefone, celular, telefoon, telefoonnummer, mobiel, puhelin, telefonszám, numer telefonu, телефон, 電話番号, 电话, 手机, 전화번호',
  ],
  name: [
    'name, full name, fullname, contact name, contact, lead name, display name, person, vollständiger name, ansprechpartner, kontakt, nom complet, nombre completo',
    'nome completo, volledige naam, naam, imię i nazwisko, полное имя, фио, 氏名, 姓名, 이름',
  ],
  firstName: [
    'first name, firstname, first, given name, givenname, forename, vorname, prénom, nombre, nome, primeiro nome, voornaam, förnamn, fornavn, etunimi, imię, keresztnév, имя, 名',
  ],
  lastName: [
    'last name, lastname, last, surname, family name, familyname, nachname, familienname, zuname, nom, nom de famille, apellido, apellidos, cognome, sobrenome, apelido, achternaam',
    'efternamn, efternavn, sukunimi, nazwisko, vezetéknév, фамилия, 姓',
  ],
  company: [
    'company, company name, organization, organisation, organization name, organisation name, organization 1 - name, account, account name, company / account, business, business name, employer, firma, firmenname, unternehmen',
    'société, entreprise, empresa, compañía, azienda, società, bedrijf, bedrijfsnaam, företag, firmanavn, yritys, cég, компания, организация, associated company, primary company, 会社, 会社名, 公司, 회사',
  ],
  externalId: [
    'external id, externalid, external identifier, customer id, customer number, kundennummer, kunden-nr, client id, numéro client, id cliente, crm id',
  ],
  stage: ['stage, pipeline stage, lead stage, deal stage, phase, étape, etapa, fase'],
  owner: [
    'owner, owner email, owner id, ownerid, lead owner email, contact owner email, assigned to email, lead owner, contact owner, account owner, record owner',
    'assigned to, assigned user, assigned user name, assignee, zuständig, besitzer, propriétaire, propietario, eigenaar',
  ],
  tags: ['tags, tag, labels, label, schlagworte, schlagwörter, étiquettes, etiquetas, etichette, labels list'],
  note: [
    'notes, note, comment, comments, remark, remarks, notiz, notizen, bemerkung, bemerkungen, kommentar, commentaire, commentaires, notas, nota, comentarios, opmerkingen, anteckningar, заметки',
  ],
}

export interface Meaning {
  to: LeadTarget
  /** How certain it is: 0 is the most certain. */
  rank: number
}

const byHeader = new Map<string, Meaning>()
for (const [to, lists] of Object.entries(words)) {
  const names = [to, ...lists.flatMap((list) => list.split(','))].map(plainHeader)
  for (const [rank, name] of names.entries())
    if (!byHeader.has(name)) byHeader.set(name, { to: to as LeadTarget, rank })
}

/** What a header means by itself. */
export const meaningOf = (header: string): Meaning | undefined =>
  header.length > longest ? undefined : byHeader.get(plainHeader(header))

/** In characters: what is looked at may be any cell. */
const longest = 200
