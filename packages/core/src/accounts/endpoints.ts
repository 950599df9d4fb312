import * as v from 'valibot'
import type { Endpoint } from '../endpoint.ts'
import {
  Login,
  LoginInput,
  Me,
  RefreshInput,
  Workspace,
  WorkspaceInput,
  WorkspaceSettings,
  WorkspaceSettingsPatch,
} from './account.ts'

export const accountEndpoints = {
  'POST /v1/auth/login': {
    summary: 'Sign in with e-mail and password, and a code where the account asks for one, for an access token',
    access: 'anyone',
    body: LoginInput,
    returns: Login,
    showsSecret: true,
    errors: ['totp_required'],
  },
  'POST /v1/auth/refresh': {
    summary:
      'A new access token and the next refresh token; one that was used more than ten seconds ago ends the session',
    access: 'anyone',
    body: RefreshInput,
    returns: Login,
    showsSecret: true,
  },
  'POST /v1/auth/logout': {
    summary: 'End the session of a refresh token, with its access tokens',
    access: 'anyone',
    body: RefreshInput,
    returns: v.null(),
    status: 204,
  },
  'GET /v1/me': {
    summary: 'Who the credential belongs to, and what it may do',
    access: 'user',
    returns: Me,
  },
  'POST /v1/workspaces': {
    summary: 'Create a workspace; whoever asks becomes its owner',
    access: 'workspaces:write',
    body: WorkspaceInput,
    returns: Workspace,
    status: 201,
  },
  'GET /v1/workspace': {
    summary:
      'The workspace of the credential, with its country, time zone, opening hours and what happens to privacy requests',
    access: 'settings:read',
    returns: WorkspaceSettings,
  },
  'PATCH /v1/workspace': {
    summary: 'Change name, country, time zone, opening hours or privacyRequests of the workspace',
    access: 'settings:write',
    body: WorkspaceSettingsPatch,
    returns: WorkspaceSettings,
  },
} as const satisfies Record<string, Endpoint>
