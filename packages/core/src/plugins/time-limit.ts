import { AsyncLocalStorage } from 'node:async_hooks'

const limits = new AsyncLocalStorage<AbortSignal>()

/** Does `work` under a limit: what it sends meanwhile by `context.fetch` ends with it, without its handing a signal on. */
export const underLimit = <T>(signal: AbortSignal, work: () => T): T => limits.run(signal, work)

/** Aborted when the time of the call is up in which this runs; undefined outside of any. */
export const currentLimit = (): AbortSignal | undefined => limits.getStore()
