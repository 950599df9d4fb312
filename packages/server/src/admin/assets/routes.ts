import { type Context, Hono } from 'hono'
import { type Asset, files } from './files.ts'

export const assets = new Hono().get('/:name', (c) => serve(c, files.get(c.req.param('name'))))

/** For ever under its hashed address, else with the question whether it changed. */
export function serve(c: Context, file: Asset | undefined): Response {
  if (!file) return c.text('There is no such file.', 404, { 'cache-control': 'no-store' })

  const gzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  const etag = `"${file.hash}${gzip ? '-gzip' : ''}"`
  c.header('etag', etag)
  c.header('vary', 'accept-encoding')
  c.header('x-content-type-options', 'nosniff')
  c.header('cache-control', c.req.query('v') === file.hash ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (c.req.header('if-none-match') === etag) return c.body(null, 304)

  c.header('content-type', file.type)
  if (gzip) c.header('content-encoding', 'gzip')
  return c.body(gzip ? file.gzip : file.body)
}
