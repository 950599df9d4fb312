import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { LeadNestError, type Plugin } from '@leadnest/core'
import { Hono } from 'hono'
import { type Asset, asset, publicAssetUrl } from '../admin/assets/files.ts'
import { serve } from '../admin/assets/routes.ts'
import type { Env } from '../http/env.ts'
import { referencePolicy } from '../http/security-headers.ts'
import { openapi } from './document.ts'

/** `/openapi.json`, and `/reference` that shows it. Both are made when first asked for. */
export function reference(publicBaseUrl: string, plugins: Plugin[]) {
  let document: string | undefined
  let program: Asset | undefined
  const readProgram = () => (program ??= findProgram())

  return new Hono<Env>()
    .get('/openapi.json', (c) => {
      document ??= JSON.stringify(openapi({ publicBaseUrl, plugins }))
      return c.body(document, 200, { 'content-type': 'application/json' })
    })
    .get('/reference/program.js', (c) => serve(c, readProgram()))
    .get('/reference', async (c, next) => {
      const { Scalar } = await import('@scalar/hono-api-reference')
      const show = Scalar<Env>({
        // Also where all of this lies below a path.
        url: `${new URL(publicBaseUrl).pathname.replace(/\/$/, '')}/openapi.json`,
        cdn: `/reference/program.js?v=${readProgram().hash}`,
        pageTitle: 'LeadNest API',
        withDefaultFonts: false,
        telemetry: false,
        hideClientButton: true,
        agent: { disabled: true },
        showDeveloperTools: 'never',
      })
      const page = await show(c, next)
      if (!page) throw new LeadNestError('internal', 'The reference gave no page.')
      // Without one a browser asks for /favicon.ico.
      const icon = `<link rel="icon" href="${publicAssetUrl('icon.svg')}">`
      const html = (await page.text()).replace('</head>', `${icon}</head>`)
      c.header('content-security-policy', referencePolicy(inlineScripts(html)))
      return c.html(html)
    })
}

/** The scripts that stand in the page itself, by which the policy lets these run and no other. */
function inlineScripts(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) =>
    createHash('sha256').update(script!).digest('base64'),
  )
}

function findProgram(): Asset {
  const folder = dirname(createRequire(import.meta.url).resolve('@leadnest/server/package.json'))
  try {
    return asset('program.js', join(folder, 'dist', 'reference.js'), 'text/javascript; charset=utf-8')[1]
  } catch (error) {
    throw new LeadNestError('unavailable', 'The reference is not built. Run `npm run build`.', { cause: error })
  }
}
