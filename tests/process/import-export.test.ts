import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newNest } from './spawned.ts'

const plugin = new URL('../../packages/plugins/csv/dist/index.js', import.meta.url).href

test('leads are tried, imported with their progress, and written into a file, by the command line', async () => {
  const nest = newNest()
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(plugin)}\nexport default { plugins: [csv()] }\n`,
  )
  const rows = Array.from({ length: 1500 }, (_, i) => `p${i}@example.com;Person ${i};x`)
  writeFileSync(join(nest.folder, 'people.csv'), `Mail;Wer;Egal\n${rows.join('\n')}\nnobody;N;x\n`)

  const dry = await nest.run(['import', 'people.csv', '--map', 'Wer=name', '--dry-run'])
  expect([dry.code, dry.output]).toEqual([
    0,
    expect.stringContaining('Would be: 1500 created, 0 updated, 0 skipped, 1 failed'),
  ])
  const done = await nest.run(['import', 'people.csv', '--map', '{"Wer":"name"}', '--mode', 'create'])
  expect(done.code).toBe(0)
  expect(done.output).toContain('Importing: 1501 of 1501')
  expect(done.output).toContain('\n1500 created, 0 updated, 0 skipped, 1 failed\nLeft out: Egal\n')
  expect(done.output).toContain('row 1501 (line 1502), Mail: Enter an e-mail address')

  const exported = await nest.run(['export', '--filter', 'email ~ p149', '--columns', 'email,name', '--out', 'out.csv'])
  expect([exported.code, exported.output]).toEqual([0, expect.stringContaining('11 leads in out.csv')])
  expect(readFileSync(join(nest.folder, 'out.csv'), 'utf8')).toContain('p1490@example.com,Person 1490\r\n')

  const absent = await nest.run(['import', 'nothing.csv'])
  expect([absent.code, absent.output]).toEqual([1, 'There is no file nothing.csv.\n'])
  const wrong = await nest.run(['import', 'people.csv', '--map', 'Mail=nowhere'])
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('mapping.Mail')])
  writeFileSync(join(nest.folder, 'cut.csv'), 'email\n"a@example.com\n')
  const cut = await nest.run(['import', 'cut.csv'])
  expect([cut.code, cut.output]).toEqual([1, expect.stringContaining('unclosed_quote: The quote that row 1 opens')])
}, 120_000)
