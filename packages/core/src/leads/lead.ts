import * as v from 'valibot'
import { Flag, Limit, page } from '../endpoint.ts'
import { Id } from '../id.ts'
import { Attribution } from '../submissions/submission.ts'
import { TagName } from '../tags/tag.ts'
import { NextAction, NextActionInput } from './next-action.ts'

const text = (max: number) => v.nullish(v.pipe(v.string(), v.trim(), v.maxLength(max, `At most ${max} characters.`)))

/** A value in `fields`: of the type that the workspace's field has, see `fields/field.ts`. */
const FieldValue = v.union([
  v.string(),
  v.number(),
  v.boolean(),
  v.null(),
  v.array(v.unknown()),
  v.record(v.string(), v.unknown()),
])

/** A person, however often they wrote. E-mail and `externalId` are unique in a workspace. */
export const Lead = v.object({
  id: Id,
  email: v.nullable(v.string()),
  phone: v.nullable(v.string()),
  name: v.nullable(v.string()),
  firstName: v.nullable(v.string()),
  lastName: v.nullable(v.string()),
  company: v.nullable(v.string()),
  externalId: v.nullable(v.string()),
  stage: v.string(),
  stageChangedAt: v.string(),
  /** Longer in an open stage than the stage's `rottenAfterDays`. */
  rotten: v.boolean(),
  lostReason: v.nullable(v.string()),
  ownerId: v.nullable(Id),
  nextAction: v.nullable(NextAction),
  score: v.number(),
  tags: v.array(v.string()),
  fields: v.record(v.string(), FieldValue),
  attribution: v.object({ first: v.nullable(Attribution), last: v.nullable(Attribution) }),
  mergedInto: v.nullable(Id),
  createdAt: v.string(),
  updatedAt: v.string(),
  lastActivityAt: v.string(),
})

/** What a trusted door sends about a person: it overwrites what it names, and `null` clears. */
export const LeadInput = v.strictObject({
  email: v.nullish(v.pipe(v.string(), v.maxLength(320))),
  phone: text(50),
  name: text(200),
  firstName: text(100),
  lastName: text(100),
  company: text(200),
  externalId: text(200),
  fields: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(63)), FieldValue),
      v.check((fields) => Object.keys(fields).length <= 100, 'At most 100 fields.'),
    ),
  ),
  attribution: v.optional(Attribution),
  stage: v.optional(v.string()),
  ownerId: v.nullish(Id),
  lostReason: text(500),
  /** Added to those that the lead has. */
  tags: v.optional(v.pipe(v.array(TagName), v.maxLength(50, 'At most 50 tags.'))),
})

/** What an edit names: `null` clears, and keys of `fields` are taken one by one. A lost reason goes with a lost stage. */
export const LeadPatch = v.strictObject({
  ...v.omit(LeadInput, ['attribution', 'tags']).entries,
  nextAction: v.nullish(NextActionInput),
})

export const FilterText = v.pipe(v.string(), v.trim(), v.maxLength(4000, 'At most 4000 characters.'))
export const SearchText = v.pipe(v.string(), v.trim(), v.maxLength(200, 'At most 200 characters.'))

export const LeadQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  sort: v.optional(
    v.picklist(
      ['-createdAt', 'createdAt', '-lastActivityAt', 'lastActivityAt', '-score', 'score', '-name', 'name'],
      'Sort by createdAt, lastActivityAt, score or name, with - for the last or greatest first.',
    ),
    '-createdAt',
  ),
  q: v.optional(SearchText),
  email: v.optional(v.pipe(v.string(), v.maxLength(320))),
  /** One grammar for lists, segments and exports; see `filters/parse.ts`. */
  filter: v.optional(FilterText),
  /** The id of a saved filter; both hold where there is a filter too. */
  segment: v.optional(v.string()),
  /** Also how many leads there are. */
  count: Flag,
})

/** Exact up to 10,000; more are `{ value: 10000, exact: false }`. */
export const LeadCount = v.object({ value: v.number(), exact: v.boolean() })

export const LeadPage = v.object({ ...page(Lead).entries, count: v.optional(LeadCount) })

export type Lead = v.InferOutput<typeof Lead>
export type LeadInput = v.InferOutput<typeof LeadInput>
export type LeadPatch = v.InferOutput<typeof LeadPatch>
export type LeadCount = v.InferOutput<typeof LeadCount>
export type LeadPage = v.InferOutput<typeof LeadPage>
export type LeadQuery = v.InferOutput<typeof LeadQuery>
export type FieldValue = v.InferOutput<typeof FieldValue>
