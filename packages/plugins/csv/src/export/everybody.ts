import type { ExportInput } from '@leadnest/core/plugin'

/** Who names nobody means everybody. */
export function everybodyUnlessTold(input: ExportInput): ExportInput {
  const { filter, q, segment, ids, all } = input
  return (filter ?? q ?? segment ?? ids ?? all) ? input : { ...input, all: true }
}
