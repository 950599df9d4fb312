import type pg from 'pg'

interface Turns {
  free: number
  waiting: (() => void)[]
}

const turnsOf = new WeakMap<pg.Pool, Turns>()

/**
 * Waits for a turn to hold a connection for long, and returns what ends it. Half of the pool's connections are held so at most: whoever
 * holds one wants another to write what was read, and requests want some too.
 */
export async function takeTurn(pool: pg.Pool): Promise<() => void> {
  const turns = turnsOf.get(pool) ?? { free: Math.max(1, Math.floor((pool.options.max ?? 10) / 2)), waiting: [] }
  turnsOf.set(pool, turns)
  if (turns.free > 0) turns.free--
  else await new Promise<void>((goOn) => turns.waiting.push(goOn))
  return () => {
    const next = turns.waiting.shift()
    if (next) next()
    else turns.free++
  }
}
