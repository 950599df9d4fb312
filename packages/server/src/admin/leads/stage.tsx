import type { Pipeline, Stage as StageOfPipeline } from '@leadnest/core'

/** Stages by the key that a lead carries. */
export type StageNames = ReadonlyMap<string, { label: string; kind: StageOfPipeline['kind'] }>

/** A name that two pipelines use is told apart by the pipeline's own. */
export function stageNames(pipelines: Pipeline[]): StageNames {
  const all = pipelines.flatMap(({ name: pipeline, stages }) => stages.map((stage) => ({ ...stage, pipeline })))
  const uses = Map.groupBy(all, ({ name }) => name)
  return new Map(
    all.map(({ key, name, kind, pipeline }) => [
      key,
      { label: uses.get(name)!.length > 1 ? `${pipeline}: ${name}` : name, kind },
    ]),
  )
}

export function Stage({ stage, stages }: { stage: string; stages: StageNames }) {
  const { label, kind } = stages.get(stage) ?? { label: stage, kind: 'open' }
  return <span class={`stage ${kind}`}>{label}</span>
}
