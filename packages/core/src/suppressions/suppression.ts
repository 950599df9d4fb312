import * as v from 'valibot'
import { Channel, Purpose } from '../consents/wording.ts'
import { Limit } from '../endpoint.ts'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'

/** An address that is not written to on a channel. */
export const Suppression = v.object({
  id: Id,
  channel: v.string(),
  /** Null is every purpose but the lifted ones. */
  purpose: v.nullable(v.string()),
  liftedPurposes: v.array(v.string()),
  /** `opt_out`: the person said no. `staff`: the workspace does not want to write. */
  origin: v.picklist(['opt_out', 'staff']),
  /** Null once it was erased; it still matches. */
  address: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  actor: Actor,
  source: v.string(),
  createdAt: v.string(),
})

const Address = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Write an address.'),
  v.maxLength(500, 'At most 500 characters.'),
)
export const ReasonText = v.pipe(v.string(), v.trim(), v.maxLength(500, 'At most 500 characters.'))

export const SuppressionInput = v.strictObject({
  channel: Channel,
  address: Address,
  purpose: v.optional(v.nullable(Purpose), null),
  reason: v.optional(v.nullable(ReasonText), null),
})

export const SuppressionQuery = v.pipe(
  v.strictObject({
    limit: Limit,
    cursor: v.optional(v.string()),
    channel: v.optional(Channel),
    address: v.optional(Address),
  }),
  v.forward(
    v.partialCheck(
      [['channel'], ['address']],
      ({ channel, address }) => address === undefined || channel !== undefined,
      'Name the channel as well: how an address is read depends on it.',
    ),
    ['channel'],
  ),
)

export type Suppression = v.InferOutput<typeof Suppression>
export type SuppressionInput = v.InferOutput<typeof SuppressionInput>
export type SuppressionQuery = v.InferOutput<typeof SuppressionQuery>
