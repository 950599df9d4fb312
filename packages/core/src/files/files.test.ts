import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWorkspace, openFile, removeFile, sql, writeFile } from '../index.ts'
import { forgetExpired } from '../jobs/forget-expired.ts'
import { type TestNest, testNest } from '../testing.ts'
import { type FakeObjects, fakeObjects } from './testing/fake-objects.ts'

const now = { at: new Date('2026-11-25T10:00:00Z') }
const kept = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG', bucket: 'nest' }

/** Bytes that are no repetition of each other, in pieces that fit no chunk. */
function* pieces(size: number, piece = 70_001): Generator<Uint8Array> {
  let state = 7
  for (let start = 0; start < size; start += piece) {
    const bytes = new Uint8Array(Math.min(piece, size - start))
    for (let i = 0; i < bytes.length; i++) {
      state = (state * 1103515245 + 12345) & 0x7fffffff
      bytes[i] = state >> 16
    }
    yield bytes
  }
}
async function* streamed(source: Iterable<Uint8Array>) {
  yield* source
}
async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}
const about = { name: 'leads.csv', type: 'text/csv', purpose: 'import' }

describe.each(['database', 'objects'])('files in the %s', (place) => {
  let nest: TestNest
  let store: FakeObjects
  beforeAll(async () => {
    store = await fakeObjects({ ...kept, now: () => now.at })
    const objects = { ...kept, endpoint: store.endpoint }
    nest = await testNest({ now: () => now.at, ...(place === 'objects' && { objects }) })
  })
  afterAll(async () => {
    await nest.close()
    await store.close()
  })
  const rows = async () => {
    const [row] = await nest.inWorkspace(nest.workspaceId, (tx) =>
      tx.query<{ files: number; chunks: number }>(
        sql`select (select count(*) from files)::integer as files, (select count(*) from file_chunks)::integer as chunks`,
      ),
    )
    return { ...row!, objects: store.keys().length, unfinished: store.unfinished() }
  }
  beforeEach(async () => {
    expect(await rows()).toEqual({ files: 0, chunks: 0, objects: 0, unfinished: 0 })
  })
  afterEach(async () => {
    const files = await nest.inWorkspace(nest.workspaceId, (tx) => tx.query<{ id: string }>(sql`select id from files`))
    for (const { id } of files) await removeFile(nest, nest.workspaceId, id)
    await nest.settle()
  })

  test('what is written is read again, all of it and any part, with its size and hash', async () => {
    const size = 9 * 1024 * 1024 + 13
    const bytes = Buffer.concat([...pieces(size)])
    const file = await writeFile(nest, nest.workspaceId, streamed(pieces(size)), about)
    expect(file).toMatchObject({ ...about, size, sha256: createHash('sha256').update(bytes).digest('hex') })

    const opened = await openFile(nest, nest.workspaceId, file.id)
    expect((await all(opened.read())).equals(bytes)).toBe(true)
    const edge = 256 * 1024
    for (const [from, to] of [
      [0, 0],
      [edge - 1, edge],
      [edge, 3 * edge - 1],
      [size - 5, size - 1],
      [8 * 1024 * 1024 - 3, undefined],
    ] as const)
      expect((await all(opened.read({ from, to }))).equals(bytes.subarray(from, (to ?? size) + 1))).toBe(true)
  })

  test('an empty file is a file', async () => {
    const { id, size } = await writeFile(nest, nest.workspaceId, streamed([]), about)
    expect(size).toBe(0)
    expect((await all((await openFile(nest, nest.workspaceId, id)).read())).length).toBe(0)
  })

  test('what is too large, or ends early, leaves nothing behind', async () => {
    const limit = 1024 * 1024
    await expect(
      writeFile(nest, nest.workspaceId, streamed(pieces(limit + 1)), { ...about, limit }),
    ).rejects.toMatchObject({ code: 'body_too_large', message: 'The file is larger than 1 MiB.' })
    async function* cut() {
      yield* pieces(9 * 1024 * 1024)
      throw new Error('the line went dead')
    }
    await expect(writeFile(nest, nest.workspaceId, cut(), about)).rejects.toThrow('the line went dead')
    await nest.settle()
  })

  test('what is removed while it arrives leaves nothing behind, and is no file', async () => {
    async function* erased() {
      yield* pieces(9 * 1024 * 1024)
      await nest.inWorkspace(nest.workspaceId, (tx) => tx.query(sql`delete from files`))
      await nest.settle()
    }
    await expect(writeFile(nest, nest.workspaceId, erased(), about)).rejects.toMatchObject({ code: 'not_found' })
    await nest.settle()
    expect(await rows()).toEqual({ files: 0, chunks: 0, objects: 0, unfinished: 0 })
  })

  test('a file is of one workspace, of one purpose, and for its time', async () => {
    const expiresAt = new Date(now.at.getTime() + 60_000)
    const { id } = await writeFile(nest, nest.workspaceId, streamed(pieces(10)), { ...about, expiresAt })
    const other = await createWorkspace(nest, { name: 'Other' })
    await expect(openFile(nest, other.id, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(openFile(nest, nest.workspaceId, id, { purpose: 'media' })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await openFile(nest, nest.workspaceId, id, { purpose: 'import' })).id).toBe(id)

    now.at = expiresAt
    await expect(openFile(nest, nest.workspaceId, id)).rejects.toMatchObject({ code: 'not_found' })
    await forgetExpired(nest)
    await nest.settle()
    expect(await rows()).toMatchObject({ files: 0, chunks: 0, objects: 0 })
  })

  if (place === 'objects')
    test('parts that a killed process left in the store go a day later, of our own keys alone', async () => {
      const { promise: killed, reject: kill } = Promise.withResolvers<never>()
      const hanging = async function* () {
        yield new Uint8Array(10)
        await killed
      }
      const other = nest.objects!.write('somebody/else', 'text/csv', hanging())
      const writes = [1, 2].map(() => writeFile(nest, nest.workspaceId, hanging(), about))
      const ended = Promise.allSettled([other, ...writes])
      await expect.poll(() => store.unfinished()).toBe(3)
      const begun = now.at
      now.at = new Date(begun.getTime() + 23 * 3_600_000)
      await forgetExpired(nest)
      expect(store.unfinished()).toBe(3)
      now.at = new Date(begun.getTime() + 25 * 3_600_000)
      await forgetExpired(nest)
      expect(store.unfinished()).toBe(1)
      // One page for all workspaces.
      await createWorkspace(nest, { name: 'Another' })
      const before = store.listings()
      await forgetExpired(nest)
      expect(store.listings() - before).toBe(1)
      kill(new Error('It was killed.'))
      await ended
    })
  if (place === 'objects')
    test('a store that refuses a signature, or loses a part, is told of and leaves no row', async () => {
      store.failNext(3, 403, 'SignatureDoesNotMatch')
      await expect(writeFile(nest, nest.workspaceId, streamed(pieces(10)), about)).rejects.toThrow(
        /answered 403 SignatureDoesNotMatch/,
      )
      // Not for ever: what is overloaded for a moment is asked again.
      store.failNext(1, 503, 'SlowDown')
      const { id } = await writeFile(nest, nest.workspaceId, streamed(pieces(10)), about)
      expect((await all((await openFile(nest, nest.workspaceId, id)).read())).length).toBe(10)
    })
})
