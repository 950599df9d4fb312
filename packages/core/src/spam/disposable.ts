import { isWithin } from './domain.ts'

/** Addresses that forward to people who keep them, which the list calls disposable; and what people write who try a form. */
const lasting = new Set([
  'duck.com',
  'mozmail.com',
  'relay.firefox.com',
  'passmail.net',
  'passmail.com',
  'passinbox.com',
  'simplelogin.com',
  'simplelogin.co',
  'simplelogin.fr',
  'simplelogin.io',
  'aleeas.com',
  'slmail.me',
  'silomails.com',
  'dralias.com',
  '8alias.com',
  '8shield.net',
  'anonaddy.com',
  'anonaddy.me',
  'addy.io',
  'addymail.com',
  'erine.email',
  'privaterelay.appleid.com',
  'test.com',
])

let disposable: Promise<ReadonlySet<string>> | undefined

/** Whether an address is of a provider whose addresses are thrown away. The list is large, so it is loaded with the first. */
export async function isDisposable(email: string): Promise<boolean> {
  disposable ??= import('mailchecker').then(({ default: { blacklist } }) => blacklist())
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return !isWithin(domain, lasting) && isWithin(domain, await disposable)
}
