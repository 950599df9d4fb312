import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createForeground } from './foreground.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Work that tells when it begins, and ends when it is told to. */
function work() {
  const { promise, resolve: end } = Promise.withResolvers<void>()
  return { run: vi.fn(() => promise), end }
}
const settled = async () => {
  for (let i = 0; i < 5; i++) await setImmediate()
}

test('work that nobody waits for begins when no request is being answered', async () => {
  const foreground = createForeground()
  const request = work()
  const batch = work()
  const answered = foreground.run(request.run)
  const done = foreground.behind(batch.run)
  await settled()
  expect([request.run.mock.calls.length, batch.run.mock.calls.length]).toEqual([1, 0])
  request.end()
  await answered
  await settled()
  expect(batch.run).toHaveBeenCalledOnce()
  batch.end()
  await done
})

test('it waits for 50 ms at most, and not at all for a request that takes its time', async () => {
  const foreground = createForeground()
  const upload = work()
  const answered = foreground.run(upload.run)
  const [first, second] = [work(), work()]
  void foreground.behind(first.run)
  await settled()
  vi.advanceTimersByTime(49)
  await settled()
  expect(first.run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  await settled()
  expect(first.run).toHaveBeenCalledOnce()

  vi.advanceTimersByTime(50)
  void foreground.behind(second.run)
  await settled()
  expect(second.run).toHaveBeenCalledOnce()
  upload.end()
  await answered
})

test('with ten requests a second it is done one after the other, also behind one that failed; with fewer at once', async () => {
  const foreground = createForeground()
  for (let i = 0; i < 9; i++) await foreground.run(async () => undefined)
  const quiet = [work(), work()]
  for (const { run } of quiet) void foreground.behind(run)
  await settled()
  expect(quiet.map(({ run }) => run.mock.calls.length)).toEqual([1, 1])

  await foreground.run(async () => undefined)
  const failing = foreground.behind(async () => {
    throw new Error('The database is away.')
  })
  const busy = [work(), work()]
  const done = busy.map(({ run }) => foreground.behind(run))
  await expect(failing).rejects.toThrow('The database is away.')
  await settled()
  expect(busy.map(({ run }) => run.mock.calls.length)).toEqual([1, 0])
  busy[0]!.end()
  await done[0]
  await settled()
  expect(busy[1]!.run).toHaveBeenCalledOnce()
})

test('what a request does itself waits for nothing', async () => {
  const foreground = createForeground()
  const answer = foreground.run(async () => {
    await foreground.giveWay()
    return foreground.behind(async () => 'done')
  })
  expect(await answer).toBe('done')
})

test('what is part of such work does not wait for it', async () => {
  const foreground = createForeground()
  for (let i = 0; i < 10; i++) await foreground.run(async () => undefined)
  const done = foreground.behind(async () => {
    await foreground.giveWay()
    return foreground.behind(async () => 'done')
  })
  expect(await done).toBe('done')
})

test('between its parts it gives way again', async () => {
  const foreground = createForeground()
  const parts: string[] = []
  const { promise: request, resolve: come } = Promise.withResolvers<void>()
  const done = foreground.behind(async () => {
    parts.push('first')
    await request
    await foreground.giveWay()
    parts.push('second')
  })
  await settled()
  const { run, end } = work()
  const answered = foreground.run(run)
  come()
  await settled()
  expect(parts).toEqual(['first'])
  end()
  await answered
  await done
  expect(parts).toEqual(['first', 'second'])
})
