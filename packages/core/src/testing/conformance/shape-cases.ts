import assert from 'node:assert/strict'
import { listChannels } from '../../channels/channels.ts'
import { fieldsOf } from '../../plugins/setting.ts'
import type { Cases } from './conformance.ts'

/** Texts that any channel may be asked about. */
const odd = ['', ' ', 'é', 'مرحبا', '👋🏽', '“quoted”', 'a\nb', '\u0000', '𐍈'.repeat(100)]

export const shapeCases: Cases = {
  'is ready once its settings are there, and says what it is': async ({ nest, definition, plugin }) => {
    const view = (await listChannels(nest, nest.workspaceId)).find(({ id }) => id === definition.id)
    assert.equal(view?.ready, true)
    assert.equal(view.pluginId, plugin.id)
    assert.ok(definition.title.trim(), 'It has a title.')
  },
  'keeps what is secret under v.metadata({ secret: true })': async ({ plugin }) => {
    const open = plugin.settings
      ? fieldsOf(plugin.id, plugin.settings).filter(
          ({ key, secret }) => !secret && /token|secret|password|apikey|credential/i.test(key),
        )
      : []
    assert.deepEqual(
      open.map(({ key }) => key),
      [],
    )
  },
  'names its senders, each once': async ({ definition, settingsOf }) => {
    const senders = definition.senders?.(settingsOf(1)) ?? []
    assert.ok(senders.every((sender) => typeof sender === 'string' && sender.trim()))
    assert.equal(new Set(senders).size, senders.length)
  },
  'says how many files, of how many bytes and which types it takes, where it takes any': async ({ definition }) => {
    const media = definition.limits?.media
    if (!media) return
    assert.ok(Number.isInteger(media.count) && media.count > 0)
    assert.ok(media.bytes > 0 && media.bytes <= 100 * 1024 * 1024)
    assert.ok(media.types.length > 0 && media.types.every((type) => /^[\w-]+\/([\w.+-]+|\*)$/.test(type)))
  },
  'measures a short text as one segment with its characters': async ({ definition, settingsOf }) => {
    const measured = definition.measure('Hello', { media: 0, settings: settingsOf(1) })
    assert.equal(measured.segments, 1)
    assert.equal(measured.characters, 5)
    assert.ok(measured.encoding)
  },
  'never takes fewer segments for a longer text': async ({ definition, settingsOf }) => {
    let before = 0
    for (let length = 1; length < 1500; length += 13) {
      const { segments } = definition.measure('a'.repeat(length), { media: 0, settings: settingsOf(1) })
      assert.ok(Number.isInteger(segments) && segments >= before, `${length} characters: ${segments} segments.`)
      before = segments
    }
  },
  'leaves as many characters in a segment as still fit': async ({ definition, settingsOf }) => {
    for (const length of [1, 90, 150, 200, 400]) {
      const of = (characters: number) =>
        definition.measure('a'.repeat(characters), { media: 0, settings: settingsOf(1) })
      const { segments, left } = of(length)
      if (left > 2000) continue
      assert.equal(of(length + left).segments, segments, `${left} more fit after ${length}.`)
      assert.ok(of(length + left + 1).segments > segments, `${left + 1} more do not fit after ${length}.`)
    }
  },
  'measures whatever somebody types, and the same each time': async ({ definition, settingsOf }) => {
    const about = { media: 0, settings: settingsOf(1) }
    for (const text of odd) {
      const measured = definition.measure(text, about)
      assert.ok(Number.isInteger(measured.segments) && measured.segments >= 0 && measured.left >= 0)
      assert.deepEqual(definition.measure(text, about), measured)
    }
  },
  'refuses what is no request of its provider, and does not fall over it': async ({ plugin, nest }) => {
    const routes = Object.keys(plugin.routes ?? {}).filter((route) => route.startsWith('POST '))
    for (const route of routes) {
      const path = `/plugins/${plugin.id}${route.slice(5).replace(/:\w+/g, 'nobody')}`
      for (const body of ['', '{', '%%%', '{"id":null}', 'x'.repeat(10_000)])
        for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
          const { status } = await nest.request('POST', path, { headers: { 'content-type': type }, body })
          assert.ok((status >= 400 && status < 500) || status === 503, `${route} answers ${status} to nonsense.`)
        }
    }
  },
}
