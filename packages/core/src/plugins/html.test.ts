import { expect, test } from 'vitest'
import { payloads } from '../../../server/src/admin/testing/payloads.ts'
import { html, isHtml } from './html.ts'

const text = (made: ReturnType<typeof html>) => String(made)

test('text is escaped, markup is not, lists are joined, and nothing is left out', () => {
  const items = ['a & b', html`<b>${'<c>'}</b>`]
  expect(text(html`<ul class="${'x" y'}">${items.map((item) => html`<li>${item}</li>`)}</ul>${null}${false}${0}`)).toBe(
    '<ul class="x&quot; y"><li>a &amp; b</li><li><b>&lt;c&gt;</b></li></ul>0',
  )
  expect(text(html`<option value="a" ${true && html`selected`}>${undefined}${[]}</option>`)).toBe(
    '<option value="a" selected></option>',
  )
  expect(isHtml(html``)).toBe(true)
  expect(isHtml({ toString: () => '<b>' })).toBe(false)
})

test.each(payloads)('%j makes no markup and leads nowhere', (payload) => {
  const made = text(html`<!-- ${payload} --><p title="${payload}">${payload}</p><a href="${payload}">x</a>`)
  expect(made.match(/<[!/a-z]/gi)).toEqual(['<!', '<p', '</', '<a', '</'])
  expect(made.match(/"/g)).toHaveLength(4)
  expect(made).toContain('<a href="#">')
})

test.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  ' javascript:x',
  'java\nscript:x',
  'vbscript:x',
  '',
])('an address like %j becomes #', (address) => {
  expect(text(html`<a href="${address}">x</a>`)).toBe('<a href="#">x</a>')
  expect(text(html`<b hx-get="${address}"></b>`)).toBe('<b hx-get="#"></b>')
  expect(text(html`<a href="/leads/${address}"></a>`)).toMatch(/^<a href="\/leads\//)
})

test('addresses that pages have stay as they are', () => {
  for (const address of ['/admin/leads?q=a', '#top', '?page=2', 'https://a.example/b', 'mailto:a@b.example', 'tel:+49'])
    expect(text(html`<a href="${address}"></a>`)).toBe(`<a href="${address}"></a>`)
  expect(text(html`<form action="${'/admin'}/x/${1}?a=${'b c'}"></form>`)).toBe(
    '<form action="/admin/x/1?a=b c"></form>',
  )
})

test('where text cannot be made safe it is refused, with what to write', () => {
  const evil = 'x onclick=pwn()'
  expect(() => html`<b class=${evil}></b>`).toThrow('Put double quotes around the value after class= in <b>.')
  expect(() => html`<b class='${evil}'></b>`).toThrow('Use double quotes in <b>')
  expect(() => html`<b ${evil}></b>`).toThrow('text may only stand as a value')
  expect(() => html`<h${1}></h1>`).toThrow('text may only stand as a value')
  expect(() => html`<${evil}>`).toThrow('The name of a tag')
  expect(() => html`</${evil}>`).toThrow('The name of a tag')
  expect(() => html`<script>${evil}</script>`).toThrow('Nothing can be put into <script>')
  expect(() => html`<style>a { ${evil} }</style>`).toThrow('Nothing can be put into <style>')
  expect(() => html`<b onclick="${evil}"></b>`).toThrow('Nothing can be put into onclick')
  expect(() => html`<b style="color: ${evil}"></b>`).toThrow('Nothing can be put into style')
  expect(text(html`<script src="/x.js"></script><p>${'it is over'}</p>`)).toContain('<p>it is over</p>')
})

test('markup that is put into a value does not end it', () => {
  expect(text(html`<b title="${html`<i class="${'a'}">&</i>`}"></b>`)).toBe(
    '<b title="&lt;i class=&quot;a&quot;&gt;&&lt;/i&gt;"></b>',
  )
})
