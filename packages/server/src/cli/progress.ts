import { progress as bar } from '@clack/prompts'

interface Progress {
  /** `total` is null until it is known. */
  at(done: number, total: number | null): void
  end(message: string): void
}

/** How far something is: a bar on a terminal, else a line for each tenth. It writes to standard error, so that output can go into a file. */
export function showProgress(what: string): Progress {
  if (process.stderr.isTTY) return withBar(what)
  let told = -1
  return {
    at(done, total) {
      const tenth = total ? Math.floor((10 * done) / total) : -1
      if (tenth <= told) return
      told = tenth
      console.error(`${what}: ${done} of ${total}`)
    },
    end: (message) => console.error(message),
  }
}

function withBar(what: string): Progress {
  const drawn = bar({ max: 1000, output: process.stderr })
  drawn.start(what)
  let shown = 0
  return {
    at(done, total) {
      const now = total ? Math.floor((1000 * done) / total) : 0
      drawn.advance(Math.max(0, now - shown), `${what}: ${done}${total === null ? '' : ` of ${total}`}`)
      shown = Math.max(shown, now)
    },
    end: (message) => drawn.stop(message),
  }
}
