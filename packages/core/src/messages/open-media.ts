import type { Core } from '../core.ts'
import { notFound } from '../errors.ts'
import { type OpenFile, openFile } from '../files/open-file.ts'
import { getMessage } from './list-messages.ts'

/** A file of a message that is kept here; `index` counts from 0. Throws `not_found`. */
export async function openMedia(core: Core, workspaceId: string, messageId: string, index: number): Promise<OpenFile> {
  const { media } = await getMessage(core, workspaceId, messageId)
  const fileId = media[index]?.fileId
  if (!fileId) throw notFound('file')
  return openFile(core, workspaceId, fileId, { purpose: 'media' })
}
