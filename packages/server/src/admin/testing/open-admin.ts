import { origin, testServer } from '../../testing.ts'

export { origin }
export const owner = { email: 'owner@nest.test', password: 'a long phrase of hers' }

/** The whole server, asked for the admin's pages as a browser asks. */
export async function openAdmin(options: Parameters<typeof testServer>[0] = {}) {
  const server = await testServer(options)
  return {
    ...server,
    get: (path: string, headers: Record<string, string> = {}) => server.app.request(origin + path, { headers }),
    /** A form sent by one of our own pages, unless the headers say otherwise. */
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      server.app.request(origin + path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { origin, ...headers },
      }),
  }
}

export type Admin = Awaited<ReturnType<typeof openAdmin>>

/** Makes the owner and returns the cookie of their session. */
export async function signInOwner(admin: Admin): Promise<{ cookie: string }> {
  await admin.nest.user({ ...owner, role: 'owner' })
  return cookieOf(await admin.post('/admin/sign-in', owner))
}

export function cookieOf(response: Response): { cookie: string } {
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
}
