import { html } from 'hono/html'
import type { Child, PropsWithChildren } from 'hono/jsx'
import { publicAssetUrl } from '../admin/assets/files.ts'

/** A page for visitors: one card, no script. */
export function Page({ title, language = 'en', children }: PropsWithChildren<{ title: string; language?: string }>) {
  return html`<!doctype html>${(
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href={publicAssetUrl('icon.svg')} />
        <link rel="stylesheet" href={publicAssetUrl('form.css')} />
      </head>
      <body>
        <main>{children as Child}</main>
      </body>
    </html>
  )}`
}
