/** Thrown by a batch that cannot be done for a while: the job goes on after `ms`, and that is no failure. */
export class Later extends Error {
  readonly ms: number

  constructor(ms: number) {
    super(`Goes on in ${Math.ceil(ms / 1000)} s.`)
    this.ms = ms
  }
}
