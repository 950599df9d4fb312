import type { Route } from './define-plugin.ts'
import type { RouteContext } from './plugin-context.ts'

/**
 * A route that knows who sends to it, as a hook that is signed: `judge` gives what was proved, or the answer for who proved nothing.
 * It is asked once for each request. Who proved something is not counted against the limit of their address.
 */
export function judgedRoute<Settings, Proof extends object>(
  judge: (request: Request, context: RouteContext<Settings>) => Promise<Proof | Response>,
  answer: (proof: Proof) => Promise<Response>,
): Route<Settings> {
  const verdicts = new WeakMap<RouteContext<Settings>, Promise<Proof | Response>>()
  const verdictOn = (request: Request, context: RouteContext<Settings>) => {
    const verdict = verdicts.get(context) ?? judge(request, context)
    verdicts.set(context, verdict)
    return verdict
  }
  return {
    signed: async (request, context) => !((await verdictOn(request, context)) instanceof Response),
    async answer(request, context) {
      const verdict = await verdictOn(request, context)
      return verdict instanceof Response ? verdict : answer(verdict)
    },
  }
}
