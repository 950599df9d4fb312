import { pino } from 'pino'

/** What Postgres adds to an error beside its message and code repeats what was in the row. */
const told = ['code', 'constraint', 'table', 'column', 'routine', 'severity'] as const

/**
 * An error as a line of the log has it: its type, message, stack and cause, and nothing of the rows it was about. Messages of
 * data exceptions (class 22) quote what could not be read.
 */
export function errorLine(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack } = pino.stdSerializers.err(error)
  const fields = Object.fromEntries(told.flatMap((name) => (name in error ? [[name, error[name as never]]] : [])))
  const quotes = causes(error).some((cause) => /^22/.test(String((cause as { code?: unknown }).code)))
  const quiet = (text: string) => (quotes ? text.replaceAll(/"[^"]*"/g, '"…"') : text)
  return { type, message: quiet(message), stack: quiet(stack), ...fields }
}

function causes(error: Error): Error[] {
  return [error, ...(error.cause instanceof Error ? causes(error.cause) : [])]
}

/** For pino, and for `child` of a logger that somebody else made. */
export const logOptions = {
  serializers: { err: errorLine },
  redact: { paths: ['*.password', '*.token', '*.authorization'], censor: '[hidden]' },
}
