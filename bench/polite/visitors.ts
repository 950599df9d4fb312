import type { Server } from './server.ts'

const perSecond = 50

/**
 * 50 leads a second by `POST /v1/leads`, each sent at its time, whether the one before is answered or not; until the work is done.
 * Returns how long each took, in ms.
 */
export async function visit({ url, headers }: Server, who: string, until: Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const one = async (n: number) => {
    const begin = performance.now()
    const answer = await fetch(`${url}/v1/leads`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${who}${n}@example.com`, firstName: 'Ada' }),
    })
    await answer.arrayBuffer()
    if (answer.status !== 201) throw new Error(`A visitor was answered ${answer.status}.`)
    times.push(performance.now() - begin)
  }
  let failure: unknown
  const fail = (error: unknown) => void (failure ??= error)
  let isOver = false
  const over = until.catch(fail).finally(() => {
    isOver = true
  })
  const sent: Promise<void>[] = []
  const begin = performance.now()
  while (!isOver && !failure) {
    sent.push(one(sent.length).catch(fail))
    await pause(Math.max(0, begin + (sent.length * 1000) / perSecond - performance.now()))
  }
  await Promise.all([over, ...sent])
  if (failure) throw failure
  return times
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
