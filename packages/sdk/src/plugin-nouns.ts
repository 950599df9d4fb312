/* The part of `nouns.ts` that plugins answer which come with LeadNest. */

export class webhookEndpoints {
  /** Where webhooks go, the oldest first. */
  static readonly list = '[]'
  static readonly get = '/:id ='
  /** Sends webhooks somewhere; `secret` is shown this once. Throws `address_refused`. */
  static readonly create = '!'
  /** Changes what is named; `enabled: true` turns it on again, and its failures are forgotten. */
  static readonly update = '/:id ~'
  static readonly delete = '/:id -'
  /** A new secret, shown this once; for a day messages are signed with both. */
  static readonly rotateSecret = '/:id/rotate-secret !'
  /** Sends a message that tells of nothing, and says what came of it. */
  static readonly test = '/:id/test .'
  /** One page of what it was told, newest first. */
  static readonly deliveries = '/:id/deliveries ?'
  /** Tells it again of what happened between two moments. */
  static readonly replay = '/:id/replay +'
  /** One delivery, by its id, with what was answered to each try. */
  static readonly delivery = 'webhook-deliveries/:id ='
  /** Tries a delivery again now. */
  static readonly retry = 'webhook-deliveries/:id/retry .'
}

export class imports {
  /** Looks at a file, as `upload` sends it: where its columns would go, and what would become of the first 50 rows. */
  static readonly preview = '/preview ^'
  /** One import, as far as it is, with the first rows that were refused. */
  static readonly get = '/:id ='
  /** One page of the imports of the last 30 days, newest first. */
  static readonly list = '?'
  /** Pauses; the rows it is at are done when it goes on. */
  static readonly pause = '/:id/pause .'
  /** Goes on. */
  static readonly resume = '/:id/resume .'
  /** Ends it; what it has done stays. */
  static readonly cancel = '/:id/cancel .'
  /** Takes it back, updates too, but for what somebody changed since. */
  static readonly undo = '/:id/undo .'
  /** The rows that were refused, each with why, as a stream of CSV: mend them and import them again. */
  static readonly rejects = '/:id/rejects.csv ='
}

export class importMappings {
  /** The mappings that were saved, newest first. */
  static readonly list = '[]'
  /** Saves where columns go, for files that have the same columns. */
  static readonly create = '+'
  static readonly delete = '/:id -'
}

export class exports {
  /** Writes leads into a file: at most 1,000 at once, more in a job of the same id. */
  static readonly create = '+'
  /** One export, as far as it is. */
  static readonly get = '/:id ='
  /** One page of the exports of the last 30 days, newest first. */
  static readonly list = '?'
  /** The file of an export, for a day, as a stream. */
  static readonly file = '/:id/file ='
}

export class exportSchedules {
  /** The exports that are made by the clock. */
  static readonly list = '[]'
  /** Makes an export again and again; `cron` has five places, in UTC. Throws `unknown_reference`. */
  static readonly create = '+'
  /** Makes it no more; what it has made stays. */
  static readonly delete = '/:id -'
}
