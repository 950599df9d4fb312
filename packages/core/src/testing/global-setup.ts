import { makeTemplate, startTestServer } from './database.ts'

/** One Postgres for the whole run: an embedded one, or the one that LEADNEST_TEST_DATABASE_URL names. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.LEADNEST_TEST_DATABASE_URL) {
    await makeTemplate(process.env.LEADNEST_TEST_DATABASE_URL)
    return async () => undefined
  }
  const server = await startTestServer()
  process.env.LEADNEST_TEST_DATABASE_URL = server.url
  return () => server.stop()
}
