/* The part of `nouns.ts` that is about writing to people. */

export class messages {
  /** Queues a message to a lead, at once or for `sendAt`. Throws `suppressed` where they opted out, `plugin_off`. */
  static readonly send = 'leads/:id/messages +'
  /** One message, with how far it is. */
  static readonly get = '/:id ='
  /** Takes back what has not left. Throws `message_left`. */
  static readonly cancel = '/:id/cancel .'
  /** What a message would be: filled in, measured, and whether it may be sent. */
  static readonly preview = '/preview +'
  /** One page of the messages of a conversation, newest first. */
  static readonly list = 'conversations/:id/messages ?'
}

export class messageTemplates {
  /** Every template, by name. */
  static readonly list = '[]'
  /** Makes one; its body is Liquid: `Hello {{ firstName | default: "there" }}`. Throws `name_taken`. */
  static readonly create = '+'
  static readonly update = '/:id ~'
  static readonly delete = '/:id -'
}

export class conversations {
  /** One page of what is said with people, the last message first. */
  static readonly list = '?'
  /** Every conversation, fetched page by page while you read. */
  static readonly each = '*'
  static readonly get = '/:id ='
  /** Hands it to somebody, puts it off, closes it, marks it as read. */
  static readonly update = '/:id ~'
}

export class channels {
  /** By what people can be written to, and whether it works here. */
  static readonly list = '[]'
  /** Changes how a channel is used, as its quiet hours. */
  static readonly update = '/:id ~'
}
