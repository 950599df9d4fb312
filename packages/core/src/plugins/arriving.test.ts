import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { arriving } from './arriving.ts'
import { definePlugin } from './define-plugin.ts'
import { within } from './run-plugin.ts'

const plugin = definePlugin({ id: 'reader', name: 'Reader' })
const quarter = 15 * 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const limit = new AbortController()
    setTimeout(() => limit.abort(), ms)
    return limit.signal
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A file that is being sent to a plugin, which reads it. */
function upload() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const sent = { method: 'POST', body: readable, duplex: 'half' as const }
  const request = new Request('http://localhost/file', sent)
  const read = within(quarter, plugin, async (_, goOn) => (await arriving(request, goOn).bytes()).length)
  return { read, sender: writable.getWriter() }
}

test('a file may arrive for longer than a plugin has', async () => {
  const { read, sender } = upload()
  for (let minutes = 0; minutes < 50; minutes += 10) {
    await sender.write(new Uint8Array(3))
    await vi.advanceTimersByTimeAsync(10 * 60_000)
  }
  await sender.close()
  expect(await read).toBe(15)
})

test('one of which nothing comes is not waited for, nor is a plugin that goes on behind its end', async () => {
  const { read, sender } = upload()
  const late = expect(read).rejects.toThrow('The plugin reader took more than 900 s.')
  await sender.write(new Uint8Array(3))
  await vi.advanceTimersByTimeAsync(quarter)
  await late

  const busy = within(quarter, plugin, () => new Promise(() => undefined))
  const ended = expect(busy).rejects.toThrow('more than 900 s')
  await vi.advanceTimersByTimeAsync(quarter)
  await ended
})
