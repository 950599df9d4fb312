/** Where a core tells what an operator should know; pino's order of arguments. */
export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

export const silent: Log = { info() {}, warn() {}, error() {} }
