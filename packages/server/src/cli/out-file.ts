import { randomBytes } from 'node:crypto'
import { access, constants, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigError } from '../config.ts'

/** A file that a command writes. */
export interface OutFile {
  path: string
  write(content: Readable): Promise<void>
}

/**
 * Opens what an option names, before the work begins, by a name beside its own: the file is there whole, or as it was before. Throws
 * `ConfigError` where it cannot be written.
 */
export async function withOutFile(
  option: string,
  path: string | undefined,
  work: (out?: OutFile) => Promise<void>,
): Promise<void> {
  if (path === undefined) return work()
  const { part, target, file } = await openPart(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new ConfigError(`${option}: ${path} cannot be written (${code}). Name a file in a folder that is there.`)
  })
  let isWritten = part === target
  async function write(content: Readable) {
    await pipeline(content, file.createWriteStream())
    if (part !== target) await rename(part, target)
    isWritten = true
  }
  try {
    await work({ path, write })
  } finally {
    await file.close()
    if (!isWritten) await rm(part)
  }
}

async function openPart(path: string): Promise<{ part: string; target: string; file: FileHandle }> {
  const found = await stat(path).catch(() => undefined)
  // A device or a pipe takes what comes, and gives its name to nobody.
  if (found && !found.isFile()) return { part: path, target: path, file: await open(path, 'w') }
  if (found) await access(path, constants.W_OK)
  const target = found ? await realpath(path) : path
  // A run that was killed left its own.
  const part = `${target}.${randomBytes(6).toString('hex')}.part`
  return { part, target, file: await open(part, 'wx', found?.mode) }
}
