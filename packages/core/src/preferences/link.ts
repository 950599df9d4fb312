import type { Core } from '../core.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressKind } from '../suppressions/address.ts'
import { hashAddress } from '../suppressions/pepper.ts'

/** Whose page a link opens, and what kind of address it is about. */
export interface Holder {
  workspaceId: string
  leadId: string
  /** Null where the channel has no address of ours. */
  kind: 'email' | 'phone' | null
  /** Of the address that it was sent to; null where somebody was given it to pass on, so that it proves nothing. */
  mark: string | null
}

const letters = { email: 'e', phone: 'p' } as const
const kinds: Record<string, Holder['kind']> = { e: 'email', p: 'phone', o: null }

const use = 'preference link'
const bytesOf = ({ workspaceId, leadId }: Pick<Holder, 'workspaceId' | 'leadId'>) =>
  Buffer.from((workspaceId + leadId).replaceAll('-', ''), 'hex')

/**
 * What a link to a person's own page carries. It has no end, for old mails are opened too; nobody makes one without our key,
 * and every key of the list is taken.
 */
export function preferenceToken(
  { keyring }: Pick<Core, 'keyring'>,
  {
    workspaceId,
    leadId,
    channel,
    mark = null,
  }: Omit<Holder, 'kind' | 'mark'> & { channel: string; mark?: string | null },
): string {
  const kind = addressKind(channel)
  const said = `${kind ? letters[kind] : 'o'}${bytesOf({ workspaceId, leadId }).toString('base64url')}${mark ?? ''}`
  return said + keyring.sign(use, said)
}

/** Undefined for what we did not sign, in just these letters. */
export function readPreferenceToken({ keyring }: Pick<Core, 'keyring'>, token: string): Holder | undefined {
  const [, said, letter, ids, mark = null, signature] =
    /^(([epo])([\w-]{43})([\w-]{12})?)([\w-]{43})$/.exec(token) ?? []
  if (!said || !isCanonical(ids!) || !isCanonical(signature!) || !keyring.verify(use, said, signature!))
    return undefined
  const hex = Buffer.from(ids!, 'base64url').toString('hex')
  return { workspaceId: idOf(hex.slice(0, 32)), leadId: idOf(hex.slice(32)), kind: kinds[letter!]!, mark }
}

/** Tells one address from another, and nobody which. Null where there is none. */
export async function addressMark(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { kind, address }: Pick<Holder, 'kind'> & { address: string | null },
): Promise<string | null> {
  if (kind && !address) return null
  const hash = await hashAddress(core, tx, workspaceId, `${use} ${kind}`, address ?? '')
  return hash.subarray(0, 9).toString('base64url')
}

/** Base64url has more than one way to write the same bytes. */
const isCanonical = (text: string) => Buffer.from(text, 'base64url').toString('base64url') === text

const idOf = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

export const preferenceLink = (publicBaseUrl: string, token: string): string => `${publicBaseUrl}/p/${token}`

/** The headers by which a mail program unsubscribes in one click (RFC 8058). They count only where DKIM signs them. */
export function unsubscribeHeaders(link: string) {
  return { 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}
