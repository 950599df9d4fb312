import * as v from 'valibot'
import { Id } from '../id.ts'
import { plain } from '../text.ts'

/** What a lead carries as its `stage`: one in the workspace, whatever the pipeline. */
export const StageKey = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_-]{0,49}$/, 'Use small letters, digits, - and _.'))

/** `kind`: won and lost end the way. A lead that stays longer than `rottenAfterDays` counts as rotten. */
export const Stage = v.object({
  key: StageKey,
  name: v.string(),
  kind: v.picklist(['open', 'won', 'lost']),
  rottenAfterDays: v.nullable(v.number()),
})

export const Pipeline = v.object({ id: Id, name: v.string(), stages: v.array(Stage), createdAt: v.string() })

const Name = v.pipe(
  v.string(),
  v.transform(plain),
  v.nonEmpty('Give it a name.'),
  v.maxLength(100, 'At most 100 characters.'),
)

const Days = v.pipe(
  v.number(),
  v.integer('Use a whole number of days.'),
  v.minValue(1, 'At least 1 day, or null for never.'),
  v.maxValue(3650, 'At most 3650 days.'),
)

/** A whole pipeline: the stages in their order. */
export const PipelineInput = v.strictObject({
  name: Name,
  stages: v.pipe(
    v.array(
      v.strictObject({
        key: StageKey,
        name: Name,
        kind: v.optional(v.picklist(['open', 'won', 'lost']), 'open'),
        rottenAfterDays: v.optional(v.nullable(Days), null),
      }),
    ),
    v.minLength(1, 'A pipeline has at least one stage.'),
    v.maxLength(50, 'At most 50 stages.'),
    v.check((stages) => new Set(stages.map(({ key }) => key)).size === stages.length, 'Each key stands once.'),
  ),
})

export type Pipeline = v.InferOutput<typeof Pipeline>
export type PipelineInput = v.InferOutput<typeof PipelineInput>
export type Stage = v.InferOutput<typeof Stage>
