interface Progress {
  /** `total` is null until it is known. */
  at(done: number, total: number | null): void
  end(message: string): void
}

const width = 24
/** Of what nobody has counted, a line is said each so many. */
const stride = 10_000

/**
 * How far something is: a bar on a terminal, else a line for each tenth. It writes to standard error, so that output can go into a file.
 * No library draws it: theirs read the keyboard, and end the process at Ctrl-C before the database is let go.
 */
export function showProgress(what: string, out: NodeJS.WriteStream = process.stderr): Progress {
  if (out.isTTY) return withBar(what, out)
  let told = -1
  return {
    at(done, total) {
      const step = Math.floor(total ? (10 * done) / total : done / stride)
      if (step <= told || (total === null && step === 0)) return
      told = step
      out.write(`${what}: ${of(done, total)}\n`)
    },
    end: (message) => out.write(`${message}\n`),
  }
}

const of = (done: number, total: number | null) => (total === null ? `${done}` : `${done} of ${total}`)

function withBar(what: string, out: NodeJS.WriteStream): Progress {
  const draw = (text: string) => out.write(`\r\x1b[K${text}`)
  draw(`${what} …`)
  return {
    at(done, total) {
      const full = total ? Math.round((width * Math.min(done, total)) / total) : 0
      draw(`${what} ${total === null ? '' : `${'█'.repeat(full)}${'░'.repeat(width - full)} `}${of(done, total)}`)
    },
    end: (message) => draw(`${message}\n`),
  }
}
