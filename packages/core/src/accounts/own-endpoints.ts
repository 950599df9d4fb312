import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import { User } from './account.ts'
import {
  OwnAccountPatch,
  OwnSession,
  PasswordChange,
  RecoveryCodes,
  Totp,
  TotpBeginning,
  TotpConfirmation,
  TotpEnd,
  TotpSecret,
} from './own.ts'

export const ownEndpoints = {
  'PATCH /v1/me': {
    summary: 'Change your own name',
    access: 'user',
    body: OwnAccountPatch,
    returns: User,
  },
  'POST /v1/me/password': {
    summary: 'Set a new password for yourself; all your sessions end, also this one',
    access: 'user',
    body: PasswordChange,
    returns: v.null(),
    status: 204,
    showsSecret: true,
  },
  'GET /v1/me/sessions': {
    summary: 'Where you are signed in, in all workspaces, the last used first',
    access: 'user',
    returns: v.object({ data: v.array(OwnSession), nextCursor: v.null() }),
  },
  'DELETE /v1/me/sessions/:id': {
    summary: 'End one of your sessions',
    access: 'user',
    returns: v.null(),
    status: 204,
  },
  'GET /v1/me/totp': {
    summary: 'Whether you are asked for a code at sign-in, and how many recovery codes are left',
    access: 'user',
    returns: Totp,
  },
  'POST /v1/me/totp': {
    summary: 'Begin two-step sign-in; the secret is shown this once',
    access: 'user',
    body: TotpBeginning,
    returns: TotpSecret,
    showsSecret: true,
  },
  'POST /v1/me/totp/confirm': {
    summary: 'Turn two-step sign-in on by a first code; the recovery codes are shown this once',
    access: 'user',
    body: TotpConfirmation,
    returns: RecoveryCodes,
    showsSecret: true,
  },
  'POST /v1/me/totp/disable': {
    summary: 'Turn two-step sign-in off, with password and code',
    access: 'user',
    body: TotpEnd,
    returns: v.null(),
    status: 204,
    showsSecret: true,
  },
} as const satisfies Record<string, Endpoint>
