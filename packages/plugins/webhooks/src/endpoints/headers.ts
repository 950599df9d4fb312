import * as v from 'valibot'

/** What says how a request is sent, what it holds, or that it is ours. */
const ours =
  /^(webhook-.*|content-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|cookie2?|date|user-agent|accept-encoding)$/

export const HeaderName = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Use letters, digits and hyphens, as in x-api-key.'),
  v.check((name) => !ours.test(name), 'This header is set by LeadNest. Choose another name.'),
)

export const HeaderValue = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(1000, 'At most 1000 characters.'),
  v.regex(/^[\x20-\x7e]*$/, 'Use plain characters (ASCII) in one line.'),
)
