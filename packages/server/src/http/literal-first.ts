/** Routes in the order in which they are asked: what is spelt out before what has a parameter in its place. */
export const literalFirst = <Route extends string>(routes: Route[]): Route[] =>
  routes.toSorted((one, other) => Number(one.includes(':')) - Number(other.includes(':')))
