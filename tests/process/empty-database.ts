import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { dropDatabase } from '../../packages/core/src/testing/database.ts'

/** A database of nobody, for processes that share it; removed after the test. */
export async function emptyDatabase() {
  const server = process.env.LEADNEST_TEST_DATABASE_URL!
  const name = `process_${randomBytes(6).toString('hex')}`
  const admin = await connect(server)
  await admin.query(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  await admin.end()
  onTestFinished(() => dropDatabase(server, name))
  return url.href
}

export async function connect(connectionString: string): Promise<pg.Client> {
  // Named otherwise than LeadNest's own, by which the tests look for them.
  const client = new pg.Client({ connectionString: connectionString.replace(/\?.*/, ''), application_name: 'test' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
