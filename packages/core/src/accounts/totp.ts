import { randomBytes } from 'node:crypto'
import { createTOTPKeyURI, verifyHOTP } from '@oslojs/otp'
import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import type { Asker } from '../members/change-members.ts'
import { sql } from '../postgres/sql.ts'
import { hashOf } from '../secrets.ts'
import { provePassword } from './check-password.ts'
import { tellOfUser, userOf } from './own-account.ts'

/** A code is good for its half minute, and for the one before and after it: clocks differ. */
const period = 30
const digits = 6
const drift = 1

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const sealedFor = (userId: string) => `totp ${userId}`

/** Whether codes are asked for at sign-in, and how many recovery codes are left. */
export async function getTotp(core: Core, { principal }: Pick<Asker, 'principal'>) {
  const { id } = userOf(principal)
  const [row] = await core.outside((tx) =>
    tx.query<{ enabled: boolean; left: number }>(sql`
      select t.confirmed_at is not null as enabled,
        (select count(*)::integer from recovery_codes r where r.user_id = t.user_id and r.used_at is null) as left
      from user_totp t where t.user_id = ${id}`),
  )
  return { enabled: row?.enabled ?? false, recoveryCodesLeft: row?.enabled ? row.left : 0 }
}

/** Begins two-step sign-in: the secret is shown this once, and counts from `confirmTotp` on. Throws `unauthenticated`. */
export async function beginTotp(core: Core, password: string, { principal }: Pick<Asker, 'principal'>) {
  const user = userOf(principal)
  await provePassword(core, user.email, password)
  const key = randomBytes(20)
  const secret = core.keyring.seal(sealedFor(user.id), key.toString('base64'))
  await core.outside(async (tx) => {
    const [begun] = await tx.query(sql`
      insert into user_totp (user_id, secret, created_at) values (${user.id}, ${secret}, ${core.now()})
      on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0
        where user_totp.confirmed_at is null
      returning 1 as begun`)
    if (!begun)
      throw new LeadNestError(
        'invalid_input',
        'Two-step sign-in is on already. Turn it off first, then set it up anew.',
      )
  })
  const uri = createTOTPKeyURI('LeadNest', user.email, key, period, digits)
  return { secret: new URL(uri).searchParams.get('secret')!, uri }
}

/** Turns two-step sign-in on by a first code. The recovery codes are shown this once. Throws `invalid_input`. */
export async function confirmTotp(core: Core, code: string, { principal, source }: Asker) {
  const user = userOf(principal)
  const step = await stepOf(core, user.id, code, { confirmed: false })
  if (step === undefined) throw invalid('code', 'This code is not right. Enter the one that the app shows now.')
  const recoveryCodes = Array.from({ length: 10 }, newRecoveryCode)
  await core.inWorkspace(principal.workspaceId, async (tx) => {
    const [confirmed] = await tx.query(sql`
      update user_totp set confirmed_at = ${core.now()}, last_step = ${step}
      where user_id = ${user.id} and confirmed_at is null returning 1 as confirmed`)
    if (!confirmed) throw invalid('code', 'Two-step sign-in is on already.')
    await tx.query(sql`
      insert into recovery_codes (user_id, code_hash)
      select ${user.id}, hash from unnest(${recoveryCodes.map((one) => hashOf(plain(one)))}::bytea[]) hash`)
    await tellOfUser(core, tx, user.id, ['totp'], { principal, source })
  })
  return { recoveryCodes }
}

/** Turns two-step sign-in off, with the password and a code. Throws `unauthenticated`. */
export async function disableTotp(
  core: Core,
  { password, code }: { password: string; code: string },
  { principal, source }: Asker,
): Promise<void> {
  const user = userOf(principal)
  await provePassword(core, user.email, password)
  await spendCode(core, user.id, code, 'code')
  await core.inWorkspace(principal.workspaceId, async (tx) => {
    const gone = await tx.query(sql`delete from user_totp where user_id = ${user.id} returning 1 as gone`)
    if (gone.length > 0) await tellOfUser(core, tx, user.id, ['totp'], { principal, source })
  })
}

/** Takes a code of the app or a recovery code, which is then spent. Throws `unauthenticated`. */
export async function spendCode(core: Core, userId: string, code: string, path = 'totp'): Promise<void> {
  const step = await stepOf(core, userId, code, { confirmed: true })
  const spent = await core.outside((tx) =>
    tx.query(
      step === undefined
        ? sql`
            update recovery_codes set used_at = ${core.now()}
            where user_id = ${userId} and code_hash = ${hashOf(plain(code))} and used_at is null returning 1 as spent`
        : sql`
            update user_totp set last_step = ${step} where user_id = ${userId} and last_step < ${step} returning 1 as spent`,
    ),
  )
  if (spent.length === 0) {
    const message = 'This code is not right, or was used before.'
    throw new LeadNestError('unauthenticated', message, { issues: [{ path, message }] })
  }
}

/** The half minute since 1970 that a code is of; undefined for one that is not right now. */
async function stepOf(
  core: Core,
  userId: string,
  code: string,
  { confirmed }: { confirmed: boolean },
): Promise<number | undefined> {
  const [row] = await core.outside((tx) =>
    tx.query<{ secret: string }>(sql`
      select secret from user_totp where user_id = ${userId} and (confirmed_at is not null) = ${confirmed}`),
  )
  const key = row && core.keyring.open(sealedFor(userId), row.secret)
  if (!key) return undefined
  const now = Math.floor(core.now().getTime() / 1000 / period)
  const steps = Array.from({ length: 2 * drift + 1 }, (_, i) => now - drift + i)
  const bytes = Buffer.from(key, 'base64')
  return steps.findLast((step) => verifyHOTP(bytes, BigInt(step), digits, plain(code)))
}

/** As people type it: with spaces or hyphens, in any case. */
const plain = (code: string) => code.replace(/[\s-]/g, '').toUpperCase()

/** 80 random bits, in four groups. */
function newRecoveryCode(): string {
  const letters = [...randomBytes(16)].map((byte) => base32[byte % 32]).join('')
  return letters.match(/.{4}/g)!.join('-').toLowerCase()
}
