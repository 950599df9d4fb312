import type { Form, LeadField, Pipeline } from '@leadnest/core'
import { labelsOf } from '../answers.tsx'
import { type Member, type MemberNames, memberNames } from './owner.ts'
import { type StageNames, stageNames } from './stage.tsx'

/** What the workspace calls its stages, members and fields. */
export interface Naming {
  stages: StageNames
  members: MemberNames
  labels: ReadonlyMap<string, string>
}

interface Known {
  pipelines: Pipeline[]
  members: Member[]
  forms: Form[]
  fields: LeadField[]
}

export function namingOf({ pipelines, members, forms, fields }: Known): Naming {
  return {
    stages: stageNames(pipelines),
    members: memberNames(members),
    labels: new Map([...labelsOf(forms), ...fields.map(({ key, label }) => [key, label] as const)]),
  }
}
