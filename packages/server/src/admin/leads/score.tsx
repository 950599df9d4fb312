import type { LeadScore } from '@leadnest/core'

/** The sum, and the rules that it is made of. */
export function Score({ score }: { score: LeadScore }) {
  return (
    <section class="card" aria-labelledby="score">
      <h2 id="score">
        Score <span class="figures">{score.score}</span>
      </h2>
      {score.parts.length === 0 ? (
        <p class="muted">No rule gives this lead points.</p>
      ) : (
        <dl class="sums">
          {score.parts.map(({ name, points }) => (
            <div>
              <dt>{name}</dt>
              <dd class="figures">{signed(points)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

export const signed = (points: number) => (points > 0 ? `+${points}` : String(points).replace('-', '−'))
