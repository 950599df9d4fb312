import type { Mapping } from './rule.ts'
import { plainHeader } from './synonyms.ts'

/** A program whose exports are known by their headers. */
export interface Source {
  id: string
  name: string
  /** Headers that all stand in its exports, and together in nobody else's. */
  has: string[]
  mapping: Mapping
}

/**
 * Its ids get a prefix, for another program has the same numbers. What stands here is taken where the file has it; other
 * columns go by their headers.
 */
const sources: Source[] = [
  {
    id: 'hubspot',
    name: 'HubSpot',
    has: ['Record ID', 'Email', 'Lead Status', 'Create Date'],
    mapping: {
      'Record ID': { to: 'externalId', prefix: 'hubspot:' },
      'Record ID - Contact': { to: 'externalId', prefix: 'hubspot:' },
      'Phone Number': 'phone',
      'Company Name': 'company',
      'Associated Company': 'company',
      'Primary Company': 'company',
      // Ids of its own companies, which nobody here has.
      'Associated Company IDs': 'ignore',
    },
  },
  {
    id: 'mautic',
    name: 'Mautic',
    has: ['id', 'firstname', 'lastname', 'email', 'points'],
    mapping: {
      id: { to: 'externalId', prefix: 'mautic:' },
      firstname: 'firstName',
      lastname: 'lastName',
      phone: 'phone',
      tags: { to: 'tags', split: '|' },
    },
  },
  {
    id: 'espocrm',
    name: 'EspoCRM',
    has: ['firstName', 'lastName', 'emailAddress', 'phoneNumber', 'accountName'],
    mapping: {
      id: { to: 'externalId', prefix: 'espocrm:' },
      emailAddress: 'email',
      phoneNumber: 'phone',
      accountName: 'company',
      description: 'note',
      // Made of first and last name.
      name: 'ignore',
    },
  },
  {
    id: 'google',
    name: 'Google Contacts',
    has: ['E-mail 1 - Value'],
    mapping: {
      'E-mail 1 - Value': { to: 'email', split: ' ::: ' },
      'Phone 1 - Value': { to: 'phone', split: ' ::: ' },
      Labels: { to: 'tags', split: ' ::: ' },
      'Group Membership': { to: 'tags', split: ' ::: ' },
    },
  },
  {
    id: 'outlook',
    name: 'Outlook',
    has: ['E-mail Address', 'Business Phone'],
    mapping: { Categories: 'tags', 'E-mail Display Name': 'ignore' },
  },
]

/** Some name the object, or the time zone of times: `Record ID - Contact`, `Create Date (EST)`. */
const bare = (header: string) => plainHeader(header.replace(/ - Contact$| \([A-Z]{2,5}\)$/, ''))

/** Whose export this is, by its headers. */
export function sourceOf(columns: string[]): Source | undefined {
  const headers = new Set(columns.flatMap((header) => [plainHeader(header), bare(header)]))
  return sources.find(({ has }) => has.every((header) => headers.has(plainHeader(header))))
}
