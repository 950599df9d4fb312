/** The tags of the document, by the noun that a path begins with. */
export const tags: Record<string, string> = {
  auth: 'Signing in, and staying signed in.',
  me: 'Who the credential belongs to.',
  workspaces: 'Tenants: nothing of one is seen in another.',
  workspace: 'The workspace of the credential and its settings.',
  forms: 'What pages draw and send, and how a workspace keeps it.',
  leads: 'People, however often they wrote, and all that is known of them.',
  duplicates: 'Pairs of leads that may be one person.',
  merges: 'Two leads that became one.',
  submissions: 'What was sent on forms, and what waits for a person.',
  'privacy-requests': 'What people asked for on their own page.',
  receipts: 'Proof that something was sent, and what became of it.',
  messages: 'What is written to people, and how far it is.',
  'message-templates': 'What is sent again and again.',
  conversations: 'What is said with people, by every channel.',
  channels: 'By what people can be written to.',
  notes: 'What people wrote about a lead.',
  tags: 'Words that leads carry.',
  segments: 'Filters that are kept under a name.',
  events: 'What happened, to be pulled, waited for or followed.',
  fields: "The workspace's own fields of a lead.",
  pipelines: 'The stages that leads go through.',
  plugins: 'What the installation has beside the core.',
  'assignment-rules': 'Who becomes the owner of a new lead.',
  'score-rules': 'What gives a lead points.',
  members: 'Who works in the workspace.',
  reports: 'Numbers over time.',
  suppressions: 'Addresses that are not written to.',
  jobs: 'Work that goes on after the answer.',
  invites: 'Links by which people become members.',
  'api-keys': 'Keys of apps and pages.',
}

export const tagOf = (path: string): string => path.split('/')[2]!

const parameters: Record<string, string> = {
  limit: 'How many rows a page has: 1 to 200.',
  cursor: '`nextCursor` of the page before. Leave it out for the first one, and the other parameters as they were.',
  after: '`nextCursor` of the answer before, or `now`.',
  type: 'Only these types, with commas between.',
  wait: 'Seconds that an empty answer may wait for news: 0 to 30.',
  sort: 'By what the rows are sorted; a minus is descending.',
  q: 'Words to search for.',
  email: 'Exactly this address, in any case; also that of a lead which was merged into another.',
  filter: 'An expression of the filter grammar, as in `stage = new and score > 10`.',
  segment: 'The id of a segment, whose filter counts as well.',
  count: 'Whether to count all rows, too.',
  from: 'The first day, as in 2026-11-01.',
  to: 'The last day, as in 2026-11-30.',
  channel: 'Only this channel, as in `email` or `sms`.',
  status: 'Only these: `open`, `done` or `refused`.',
  address: 'What is said about this address on the channel.',
  verdict: '`accepted`, `held` or `spam`; several with commas between.',
  form: 'The slug or the id of a form.',
  lead: 'The id of the lead that it became.',
  spamDays: 'After how many days spam is erased, or `never`.',
  heldDays: 'After how many days what is held is erased, or `never`.',
  submissionDays: 'After how many days what was accepted is erased, or `never`; the lead stays.',
  leadDays: 'After how many days without activity the leads are erased, or `never`.',
  owner: 'The id of a member, or `none`.',
  unread: 'Whether something in it is unread.',
  index: 'Which file of the message; the first is 0.',
  slug: 'The id of a form, or its slug.',
  key: 'The key of the field.',
}

/** What a parameter of a path or a query is. */
export function describeParameter(name: string, path: string): string | undefined {
  if (name !== 'id') return parameters[name]
  const noun = tagOf(path).replaceAll('-', ' ')
  return `The id of one of the ${noun}.`
}
