/** What a file has in each row. */
export interface Shape {
  key: string
  name: string
  columns: string[]
  /** Of the workspace's own. */
  fields: string[]
  /** How many of them are there before. */
  known: number
  exports?: true
}

export const shapes: Shape[] = [
  {
    key: 'plain',
    name: '5 columns, all new',
    columns: ['email', 'firstName', 'lastName', 'company', 'externalId'],
    fields: [],
    known: 0,
    exports: true,
  },
  {
    key: 'wide',
    name: '10 columns, 3 of them own fields, 40 % updates',
    columns: [
      'email',
      'phone',
      'name',
      'firstName',
      'lastName',
      'company',
      'externalId',
      'fields.city',
      'fields.size',
      'fields.note',
    ],
    fields: ['city', 'size', 'note'],
    known: 0.4,
  },
]

const companies = ['ACME Ltd', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Stark', 'Wayne', 'Wonka']
const cities = ['Berlin', 'Lisbon', 'Osaka', 'Lagos', 'Quito', 'Oslo']

/** A value of a column; `round` makes other ones of the same people. */
export function valueIn(column: string, i: number, round: string): string {
  switch (column) {
    case 'email':
      return `person.${i}@example-${i % 997}.com`
    case 'phone':
      return `+1415${String(2_000_000 + (i % 7_999_999)).padStart(7, '0')}`
    case 'name':
      return `First${i % 5000} Last${i} ${round}`
    case 'firstName':
      return `First${i % 5000}`
    case 'lastName':
      return `Last${i}`
    case 'company':
      return `${companies[i % companies.length]} ${round}`
    case 'externalId':
      return `x-${i}`
    case 'fields.city':
      return cities[i % cities.length]!
    case 'fields.size':
      return String(i % 1000)
    default:
      return `Written in the ${round} file as row ${i}`
  }
}

/** A file in pieces of a thousand rows. */
export function* textOf({ columns }: Shape, from: number, to: number, round: string): Generator<Uint8Array> {
  yield Buffer.from(`${columns.join(',')}\n`)
  for (let start = from; start < to; start += 1000) {
    let text = ''
    for (let i = start; i < Math.min(to, start + 1000); i++)
      text += `${columns.map((column) => valueIn(column, i, round)).join(',')}\n`
    yield Buffer.from(text)
  }
}
