import * as v from 'valibot'
import { type Endpoint, Limit, page } from '../endpoint.ts'
import { Note, NoteInput } from './note.ts'

export const noteEndpoints = {
  'GET /v1/leads/:id/notes': {
    summary: 'Notes on a lead, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Note),
  },
  'POST /v1/leads/:id/notes': {
    summary: 'Write a note on a lead, in Markdown',
    access: 'leads:write',
    body: NoteInput,
    returns: Note,
    status: 201,
    errors: ['lead_merged'],
  },
  'PATCH /v1/notes/:id': {
    summary: 'Edit a note; the timeline keeps that it was edited',
    access: 'leads:write',
    body: NoteInput,
    returns: Note,
  },
  'DELETE /v1/notes/:id': {
    summary: 'Delete a note',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>
