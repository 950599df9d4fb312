import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { assetUrl } from './files.ts'
import { assets } from './routes.ts'

const get = (url: string, headers: Record<string, string> = {}) =>
  assets.request(url.replace('/admin/assets', ''), { headers })

test.each([
  ['admin.css', 'text/css; charset=utf-8'],
  ['admin.js', 'text/javascript; charset=utf-8'],
  ['htmx.min.js', 'text/javascript; charset=utf-8'],
  ['hx-sse.min.js', 'text/javascript; charset=utf-8'],
  ['icons.svg', 'image/svg+xml'],
])('%s is kept by browsers under its hashed address, and only there', async (name, type) => {
  const hashed = await get(assetUrl(name))
  expect(hashed.headers.get('content-type')).toBe(type)
  expect(hashed.headers.get('cache-control')).toContain('immutable')
  expect((await get(`/${name}?v=old`)).headers.get('cache-control')).toBe('no-cache')

  const etag = hashed.headers.get('etag') ?? ''
  const again = await get(`/${name}`, { 'if-none-match': etag })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('a browser that can read gzip gets the same file, smaller', async () => {
  const plain = await (await get('/admin.css')).text()
  const zipped = await (await get('/admin.css', { 'accept-encoding': 'br, gzip' })).arrayBuffer()
  expect(gunzipSync(zipped).toString()).toBe(plain)
  expect(zipped.byteLength).toBeLessThan(8 * 1024)
})

test('the scripts of a page stay under 20 KB', async () => {
  const sizes = await Promise.all(
    ['htmx.min.js', 'hx-sse.min.js', 'admin.js'].map(async (name) => {
      const answer = await get(`/${name}`, { 'accept-encoding': 'gzip' })
      return (await answer.arrayBuffer()).byteLength
    }),
  )
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(20 * 1024)
})

test.each(['..%2fadmin.css', 'package.json', '__proto__'])('nothing else is served: %s', async (name) => {
  const answer = await get(`/${name}`)
  expect([answer.status, await answer.text()]).toEqual([404, 'There is no such file.'])
})
