import { createHash } from 'node:crypto'
import type { LeadQuery } from '@leadnest/core'

/** What is measured: a query for each turn, and how long it may take at the 95th percentile, in ms. */
export interface Case {
  group: 'list' | 'filter' | 'search' | 'count'
  name: string
  goal: number
  query(turn: number): Partial<LeadQuery>
}

const owner = (number: number) => {
  const hex = createHash('md5').update(`owner${number}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
const of = <T>(list: T[], turn: number): T => list[turn % list.length]!

const list = (name: string, query: Case['query']): Case => ({ group: 'list', name, goal: 20, query })
const filter = (name: string, text: string | ((turn: number) => string), sort?: LeadQuery['sort']): Case => ({
  group: 'filter',
  name: sort ? `${name}, by ${sort}` : name,
  goal: 20,
  query: (turn) => ({ filter: typeof text === 'string' ? text : text(turn), ...(sort && { sort }) }),
})
const search = (name: string, texts: string[]): Case => ({
  group: 'search',
  name,
  goal: 150,
  query: (turn) => ({ q: of(texts, turn) }),
})
const count = (name: string, query: Partial<LeadQuery>): Case => ({
  group: 'count',
  name,
  goal: 200,
  query: () => ({ ...query, count: true, limit: 1 }),
})

const companies = ['Acutech Ltd', 'Brilsoft Inc', 'Novagrid Bank', 'Trimind Labs', 'Omniform Media', 'Kinpath Energy']

export const cases: Case[] = [
  list('newest', () => ({})),
  list('by last activity', () => ({ sort: '-lastActivityAt' })),
  list('by score', () => ({ sort: '-score' })),
  list('by name', () => ({ sort: 'name' })),
  list('by name, backwards', () => ({ sort: '-name' })),
  list('one e-mail', (turn) => ({ email: `ada.holenova${turn}@gmail.com` })),
  filter('stage', (turn) => `stage = ${of(['new', 'won', 'lost'], turn)}`),
  filter('stage', 'stage = won', '-score'),
  filter('two stages', 'stage in (won, lost)'),
  filter('owner', (turn) => `ownerId = ${owner(turn % 20)}`),
  filter('owner', `ownerId = ${owner(19)}`, 'name'),
  filter('tag of 30 %', 'tag = newsletter'),
  filter('tag of 2 %', 'tag = VIP'),
  filter('tag of 2 %', 'tag = VIP', '-score'),
  filter('tag of 0.5 %', 'tag = partner'),
  filter('tag of 0.1 %', 'tag = beta', 'name'),
  filter('tag of 0.01 %', 'tag = board'),
  filter('field of 70 %', 'fields.plan = free'),
  filter('field of 1 %', 'fields.plan = enterprise'),
  filter('field, a number', (turn) => `fields.seats = ${1900 - turn}`),
  filter('field, more than', 'fields.seats > 1000'),
  filter('company is', (turn) => `company = "${of(companies, turn)}"`),
  filter('company contains, many', 'company ~ tech'),
  filter('company contains, few', (turn) => `company ~ "${of(companies, turn).slice(2)}"`),
  filter('name contains, nobody', 'name ~ xyzzy'),
  filter('campaign', (turn) => `utmCampaign = campaign-${turn * 7}`),
  filter('a click id', (turn) => `gclid = ${createHash('md5').update(`click${turn}`).digest('hex')}`),
  filter('created in a week', 'createdAt > -14d and createdAt < -7d'),
  filter('created in a week', 'createdAt > -14d and createdAt < -7d', '-score'),
  filter('updated today', 'updatedAt > -24h'),
  filter('score', 'score >= 100'),
  filter('score', 'score >= 119', '-createdAt'),
  filter('sent a form in a week', 'form = demo within 7d'),
  filter('event in a week', 'event = lead.tagged within 7d'),
  filter('event of many in a month', 'event = lead.captured within 4w', 'name'),
  filter('has not sent a form for a week', 'not form = contact within 7d'),
  filter('tag and stage', 'tag = VIP and stage = won'),
  filter('tag and field', 'tag = webinar and fields.plan = enterprise'),
  filter('two tags', 'tag = partner and tag = newsletter'),
  filter('field and owner', `fields.plan = enterprise and ownerId = ${owner(5)}`),
  filter('score and source', 'score > 80 and utmSource = google', '-score'),
  filter('score and tag', 'score > 100 and tag = VIP'),
  filter('either of two', 'tag = beta or company = "Acutech Ltd"'),
  search('a rare word', ['metawave systems', 'quandata', 'dynaport']),
  search('a name', ['ada', 'mohamed', 'yuki']),
  search('a frequent word', ['gmail.com', 'labs', 'free']),
  search('two letters', ['an', 'be', 'yu']),
  search('two words', ['ada berski', 'olga lin', 'priya steinquist']),
  search('an address', ['ada.holenova1@', 'olga.linski', 'rosa.norman']),
  search('digits of a phone', ['+44 1234', '12345', '0987 65']),
  search('what nobody has', ['xyzzyx', 'qqq www', 'ann zzzq']),
  count('everybody', {}),
  count('stage', { filter: 'stage = won' }),
  count('tag of 30 %', { filter: 'tag = newsletter' }),
  count('tag of 0.5 %', { filter: 'tag = partner' }),
  count('field of 1 %', { filter: 'fields.plan = enterprise' }),
  count('tag and stage', { filter: 'tag = VIP and stage = won' }),
  count('search', { q: 'ada' }),
  count('event in a week', { filter: 'event = lead.captured within 7d' }),
]
