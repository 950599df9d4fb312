import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { withOutFile } from './out-file.ts'

test('what a killed run of the same process number left behind is in nobody’s way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leadnest-out-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'out.csv')
  const left = `${path}.${process.pid}.part`
  await writeFile(left, 'half')
  await withOutFile('--out', path, (out) => out!.write(Readable.from(['whole'])))
  expect(await readFile(path, 'utf8')).toBe('whole')
  expect((await readdir(folder)).sort()).toEqual(['out.csv', `out.csv.${process.pid}.part`])
})
