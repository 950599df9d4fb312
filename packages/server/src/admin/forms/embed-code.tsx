import type { Form } from '@leadnest/core'
import { Code } from '../code.tsx'

/** The lines for a landing page. */
export function EmbedCode({ formName, publicUrl }: { formName: string; publicUrl: string }) {
  const script = new URL('/widget.js', publicUrl).href
  const lines = `<script src="${script}" async></script>\n<leadnest-form form="${formName}"></leadnest-form>`
  return <Code id="embed-code">{lines}</Code>
}

/** The same form in plain HTML, for a page that runs no script of others. */
export function PlainForm({ form, address }: { form: Form; address: string }) {
  const controls = form.fields.map(({ name, type, label, required }) => {
    const rest = `name="${name}"${required ? ' required' : ''}`
    const control =
      type === 'textarea'
        ? `<textarea ${rest}></textarea>`
        : type === 'select'
          ? `<select ${rest}>…</select>`
          : `<input ${rest} type="${type.startsWith('plugin:') ? 'text' : type}"${type === 'checkbox' ? ' value="true"' : ''}>`
    return `  <label>${inHtml(label)} ${control}</label>`
  })
  const boxes = form.consents.map(
    ({ id, text, required }) =>
      `  <label><input name="_consent" value="${id}"${required ? ' required' : ''} type="checkbox"> ${inHtml(text)}</label>`,
  )
  const lines = [`<form action="${address}" method="post" accept-charset="utf-8">`, ...controls, ...boxes]
  return (
    <Code id="plain-form">{[...lines, `  <button>${inHtml(form.submitLabel)}</button>`, '</form>'].join('\n')}</Code>
  )
}

const inHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
