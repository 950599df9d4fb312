/** What a plugin brings, by the keys of `adds`. */
export const partNames: Record<string, string> = {
  hooks: 'Beside that',
  routes: 'Addresses',
  api: 'API',
  pages: 'Pages',
  panels: 'Panels',
  actions: 'Actions',
  fields: 'Field types',
  jobs: 'Jobs',
  tables: 'Tables',
  channels: 'Channels',
  importers: 'Imports from',
  exporters: 'Exports to',
  origins: 'Own servers that it may reach',
}

/** What its functions do, for whoever has not written them. */
export const hookWords: Record<string, string> = {
  beforeCapture: 'sees what is sent on a form before it is stored',
  health: 'says whether it reaches what it works with',
  names: 'knows by its settings which workspace a request is for',
  onEvents: 'is told of everything that happens',
  sendLink: 'sends links for invites and new passwords',
}

const capabilities: Record<string, string> = {
  'leads:read': 'Reads leads.',
  'leads:write': 'Writes leads, their tags, notes and events.',
  'forms:read': 'Reads forms.',
  'submissions:write': 'Takes in submissions, as if they were sent on a form.',
  'members:read': 'Reads who works here: names and e-mail addresses.',
  'events:read': 'Reads everything that happened.',
  links: 'Is handed the links of invites and new passwords, to send them.',
  imports: 'Imports leads, and takes imports back.',
  exports: 'Exports leads into files.',
  channels: 'Brings a way to write to leads, and takes in what they answer.',
  tables: 'Has tables of its own, and with them the whole database.',
  'http:*': 'Sends to any address on the internet that its settings name.',
}

export function inWords(capability: string): string {
  if (capabilities[capability]) return capabilities[capability]
  const [kind, of] = [capability.slice(0, capability.indexOf(':')), capability.slice(capability.indexOf(':') + 1)]
  if (kind === 'http') return `Sends to ${of}.`
  if (kind === 'send') return `Writes to leads by ${channelNames[of] ?? of}.`
  return `${capability}.`
}

const channelNames: Record<string, string> = { email: 'e-mail', sms: 'SMS' }
