import { readJwks, readReceipt } from '@leadnest/core'
import { expect } from 'vitest'
import { type Client, client } from './spawned.ts'

const submitters = 16

/** What a client outside of the server wrote down. */
export interface Ledger {
  /** E-mail → what the server answered. */
  answered: Map<string, { id: string; status: string; receipt: string }>
  /** Sent, and nobody knows what became of it. */
  unanswered: string[]
}

export const newLedger = (): Ledger => ({ answered: new Map(), unanswered: [] })

/** Every third is sent by a visitor without a token, and held; the others by a program with a key. */
const isVisitor = (email: string) => /[258]@/.test(email)

const submitAs = (by: Client, email: string) => (isVisitor(email) ? by.visit(email) : by.submit(email))

/** Submits until the server is gone. */
export async function hammer(by: Client, ledger: Ledger, round: string): Promise<void> {
  await Promise.all(
    Array.from({ length: submitters }, async (_, submitter) => {
      for (let n = 0; ; n++) {
        const email = `${round}-${submitter}-${n}@ledger.test`.toLowerCase()
        try {
          const { status, body } = await submitAs(by, email)
          expect({ status, body }).toMatchObject({
            status: 201,
            body: { status: isVisitor(email) ? 'held' : 'accepted', receipt: expect.any(String) },
          })
          ledger.answered.set(email, body)
        } catch (error) {
          if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error
          ledger.unanswered.push(email)
          return
        }
      }
    }),
  )
}

/** Who is not sure asks again: what was answered before is answered the same, receipt and all. */
export async function askAgain(by: Client, { answered, unanswered }: Ledger): Promise<void> {
  for (const email of unanswered.splice(0)) {
    const { status, body } = await submitAs(by, email)
    expect(status).toBe(201)
    answered.set(email, body)
  }
  for (const [email, before] of [...answered].slice(-submitters))
    expect(await submitAs(by, email)).toEqual({ status: 201, body: before })
}

/** That there is one submission for each answer, with its receipt, its event and its lead, and none besides. */
export async function checkLedger(url: string, key: string, { answered }: Ledger): Promise<void> {
  const { leads, events } = client(url, key)
  const emails = [...answered.keys()].sort()
  const found = new Map((await leads()).map(({ id, email }) => [email, id]))
  expect((await leads()).length).toBe(found.size)
  expect([...found.keys()].sort()).toEqual(emails.filter((email) => !isVisitor(email)))

  const told = (await events('lead.captured,submission.held')).map(
    ({ leadId, data }) => `${leadId} ${data.submissionId}`,
  )
  expect(told.sort()).toEqual([...answered].map(([email, { id }]) => `${found.get(email) ?? null} ${id}`).sort())

  const keys = readJwks(await (await fetch(`${url}/.well-known/jwks.json`)).json())
  await inLanes([...answered], async ([email, { id, status, receipt }]) => {
    expect(readReceipt(keys, receipt)).toMatchObject({ claims: { sub: id, status } })
    const verified = await fetch(`${url}/v1/receipts/verify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ receipt }),
    })
    const became = isVisitor(email) ? 'held' : 'lead_created'
    expect(await verified.json()).toMatchObject({ id, answered: status, status: became, content: 'unchanged' })
  })
}

async function inLanes<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let item = items.pop(); item !== undefined; item = items.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: submitters }, lane))
}
