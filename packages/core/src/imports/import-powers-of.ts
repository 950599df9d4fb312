import { consentChannels } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { writeFile } from '../files/write-file.ts'
import { cancelJob } from '../jobs/cancel-job.ts'
import { pauseJob, resumeJob } from '../jobs/pause-job.ts'
import { undoJob } from '../jobs/undo-job.ts'
import { parse } from '../parse.ts'
import { beginImport, checkMappingIn } from './begin-import.ts'
import { getImport, listImports, readRejects } from './get-import.ts'
import { ImportQuery } from './import.ts'
import type { ImportPowers } from './import-powers.ts'
import { previewImport } from './preview-import.ts'
import { storable } from './statements.ts'

const day = 86_400_000
/** 1 GiB: some ten million rows. */
const largest = 1024 ** 3

/** The use cases of imports in a workspace; `check` refuses who may not use them. */
export function importPowersOf(core: Core, workspaceId: string, check: () => void): ImportPowers {
  /** Only what is an import is found by these. */
  const control =
    (act: (core: Core, workspaceId: string, id: string, by: By, asker: 'plugin') => Promise<unknown>) =>
    async (id: string, by: By) => {
      check()
      await getImport(core, workspaceId, id)
      await act(core, workspaceId, id, by, 'plugin')
      return getImport(core, workspaceId, id)
    }
  return {
    async store(source, { name, type = 'application/octet-stream', limit = largest }) {
      check()
      const expiresAt = new Date(core.now().getTime() + day)
      return writeFile(core, workspaceId, source, {
        name: storable(name),
        type: storable(type),
        limit,
        purpose: 'import',
        expiresAt,
      })
    },
    async checkMapping(mapping) {
      check()
      await core.inWorkspace(workspaceId, (tx) => checkMappingIn(tx, workspaceId, mapping))
    },
    async consentChannels() {
      check()
      return core.inWorkspace(workspaceId, (tx) => consentChannels(tx, workspaceId))
    },
    async preview(input) {
      check()
      return previewImport(core, workspaceId, input)
    },
    async begin(input, by) {
      check()
      return beginImport(core, workspaceId, input, by)
    },
    async list({ limit = 50, cursor } = {}) {
      check()
      return listImports(core, workspaceId, parse(ImportQuery, { limit: String(limit), cursor }))
    },
    async get(id) {
      check()
      return getImport(core, workspaceId, id)
    },
    pause: control(pauseJob),
    resume: control(resumeJob),
    cancel: control(cancelJob),
    undo: control(undoJob),
    async rejects(id, options) {
      check()
      return readRejects(core, workspaceId, id, options)
    },
  }
}
