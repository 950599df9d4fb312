import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientOf, newNest } from './spawned.ts'

const plugin = new URL('../../packages/plugins/csv/dist/index.js', import.meta.url).href

/** With `HELD` in its environment a command does not end before Ctrl-C comes. */
function nestWithCsv() {
  const nest = newNest()
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(plugin)}
    if (process.env.HELD) {
      const held = setInterval(() => undefined, 1000)
      process.once('SIGINT', () => {
        clearInterval(held)
        console.log('Ctrl-C came')
      })
    }
    export default { plugins: [csv()] }`,
  )
  return nest
}

const idIn = (output: string, verb: string) => new RegExp(`leadnest import ${verb} (\\S+)`).exec(output)![1]!

test('leads are tried, imported with their progress, and written into a file, by the command line', async () => {
  const nest = nestWithCsv()
  const rows = Array.from({ length: 1500 }, (_, i) => `p${i}@example.com;Person ${i};x`)
  writeFileSync(join(nest.folder, 'people.csv'), `Mail;Wer;Egal\n${rows.join('\n')}\nnobody;N;x\n`)

  const dry = await nest.run(['import', 'people.csv', '--map', 'Wer=name', '--dry-run'])
  expect([dry.code, dry.output]).toEqual([
    2,
    expect.stringContaining('Would be: 1500 created, 0 updated, 0 skipped, 1 failed'),
  ])
  const mapped = ['--map', '{"Wer":"name"}', '--map', 'Egal={"to":"fields.egal","create":{}}']
  const done = await nest.run(['import', 'people.csv', ...mapped, '--mode', 'create', '--rejects', 'bad.csv'])
  expect(done.code).toBe(2)
  expect(done.output).toContain('Importing: 1501 of 1501')
  expect(done.output).toContain(
    '\n1500 created, 0 updated, 0 skipped, 1 failed\n  row 1501 (line 1502), Mail: Enter an',
  )

  const bad = readFileSync(join(nest.folder, 'bad.csv'), 'utf8')
  expect(bad).toMatch(/^\uFEFFMail;Wer;Egal;import_row;import_line;import_column;import_code;import_detail\r\n/)
  writeFileSync(
    join(nest.folder, 'mended.csv'),
    bad.replaceAll('Egal', 'What').replace('nobody', 'somebody@example.com'),
  )
  const mended = nest.begin(['import', 'mended.csv', '--map', 'Wer=name'], { env: { HELD: '1' } })
  await mended.says(/Left out: /)
  // What is done before Ctrl-C is done.
  const ended = await mended.stop('SIGINT')
  expect([ended.code, ended.output]).toEqual([
    0,
    expect.stringMatching(/^1 created, 0 .*\nLeft out: What\nUntil .*\nCtrl-C came\n/m),
  ])

  const undone = await nest.run(['import', 'undo', idIn(ended.output, 'undo')])
  expect(undone.output).toContain('\n1 lead is as before, 0 were left alone\n')

  writeFileSync(join(nest.folder, 'out.csv'), 'as it was')
  const which = ['--filter', 'email ~ p149', '--columns', 'email,name,fields.egal']
  const nowhere = await nest.run(['export', ...which, '--out', 'nope/out.csv'])
  expect([nowhere.code, nowhere.output]).toEqual([
    1,
    '--out: nope/out.csv cannot be written (ENOENT). Name a file in a folder that is there.\n',
  ])
  const unknown = await nest.run(['export', '--columns', 'nothing', '--out', 'out.csv'])
  expect([unknown.code, readFileSync(join(nest.folder, 'out.csv'), 'utf8')]).toEqual([1, 'as it was'])
  const exported = await nest.run(['export', ...which, '--out', 'out.csv'])
  expect([exported.code, exported.output]).toEqual([0, expect.stringContaining('11 leads in out.csv')])
  expect(readFileSync(join(nest.folder, 'out.csv'), 'utf8')).toContain('p1490@example.com,Person 1490,x\r\n')
  expect(readdirSync(nest.folder).filter((name) => name.endsWith('.part'))).toEqual([])

  const absent = await nest.run(['import', 'nothing.csv'])
  expect([absent.code, absent.output]).toEqual([1, 'There is no file nothing.csv.\n'])
  const unwritable = await nest.run(['import', 'people.csv', '--rejects', nest.folder])
  expect([unwritable.code, unwritable.output]).toEqual([1, expect.stringMatching(/^--rejects: .*\(EISDIR\)/)])
  const wrong = await nest.run(['import', 'people.csv', '--map', 'Mail=nowhere'])
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('mapping.Mail')])
  writeFileSync(join(nest.folder, 'cut.csv'), 'email\n"a@example.com\n')
  const cut = await nest.run(['import', 'cut.csv'])
  expect([cut.code, cut.output]).toEqual([1, expect.stringContaining('unclosed_quote: The quote that row 1 opens')])
}, 140_000)

test('a command looks at an import of thousands from standard input while it goes on, and takes it back', async () => {
  const nest = nestWithCsv()
  const size = 15_000
  const rows = Array.from({ length: size }, (_, i) => `p${i}@example.com|Person ${i}|${i % 2 ? '' : 'GB'}`)
  const input = `${rows.join('\n')}\nnobody|N|\n`
  const told = ['--no-header', '--delimiter', '|', '--map', 'Column 1=email', '--map', 'Column 2=name']
  const more = ['--map', 'Column 3=ignore', '--tags', 'CLI, 2026', '--name', 'Everybody', '--rejects', 'rejects.csv']
  const done = await nest.run(['import', '-', ...told, ...more], { input })
  expect([done.code, done.output]).toEqual([
    2,
    expect.stringContaining('\n15000 created, 0 updated, 0 skipped, 1 failed\n'),
  ])
  const seen = [...done.output.matchAll(/Importing: (\d+) of 15001/g)].map(([, rows]) => Number(rows))
  expect(seen.filter((rows) => rows > 0 && rows < size).length).toBeGreaterThan(0)
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  expect(readFileSync(join(nest.folder, 'rejects.csv'), 'utf8')).toMatch(
    /^\uFEFFColumn 1\|Column 2\|Column 3\|import_row\|.*\r\nnobody\|N\|\|15001\|15001\|Column 1\|/,
  )

  const id = idIn(done.output, 'undo')
  const rejects = await nest.run(['import', 'rejects', id])
  expect([rejects.code, rejects.output]).toEqual([0, readFileSync(join(nest.folder, 'rejects.csv'), 'utf8')])
  const list = await nest.run(['import', 'list'])
  expect(list.output).toContain('succeeded  Everybody  15000 created, 0 updated, 0 skipped, 1 failed  undo until ')

  const which = ['--filter', 'tag = CLI and email = p7@example.com', '--columns', 'email,tags', '--timeline']
  const exported = await nest.run(['export', ...which, '--delimiter', ';', '--bom', '--out', 'out.csv'])
  expect([exported.code, exported.output]).toEqual([0, '1 lead in out.csv\n'])
  expect(readFileSync(join(nest.folder, 'out.csv'), 'utf8')).toMatch(
    /^\uFEFFemail;tags;timeline\r\np7@example\.com;"?2026.*CLI.*lead\.(created|imported)/,
  )

  const undone = await nest.run(['import', 'undo', id])
  expect([undone.code, undone.output]).toEqual([
    0,
    expect.stringContaining('15000 leads are as before, 0 were left alone'),
  ])
  expect((await nest.run(['export', '--columns', 'email'])).output).toBe('"email"\r\n0 leads\n')
  expect((await nest.run(['import', 'undo', id])).output).toContain('This job was undone already.')
}, 180_000)

test('Ctrl-C lets an import rest, which goes on by its id to the same counts', async () => {
  const nest = nestWithCsv()
  const size = 30_000
  const rows = Array.from({ length: size }, (_, i) => `p${i}@example.com,Person ${i}`)
  writeFileSync(join(nest.folder, 'people.csv'), `email,name\n${rows.join('\n')}\nnobody,N\n`)
  const going = nest.begin(['import', 'people.csv', '--rejects', 'the rejects.csv'])
  await going.says(/Importing: [1-9]/)
  const stopped = await going.stop('SIGINT')
  expect([stopped.code, stopped.output]).toEqual([130, expect.stringMatching(/rests at \d+ of 30001 rows/)])
  expect(nest.postgres().alive).toBe(false)

  const id = idIn(stopped.output, 'resume')
  expect(stopped.output).toContain(`go on:        leadnest import resume ${id} --rejects 'the rejects.csv'\n`)
  expect(existsSync(join(nest.folder, 'the rejects.csv'))).toBe(false)
  expect((await nest.run(['import', 'list'])).output).toContain('paused  people.csv')
  const done = await nest.run(['import', 'resume', id, '--rejects', 'rejects.csv'])
  expect([done.code, done.output]).toEqual([
    2,
    expect.stringContaining('30000 created, 0 updated, 0 skipped, 1 failed'),
  ])
  expect(readFileSync(join(nest.folder, 'rejects.csv'), 'utf8')).toContain('nobody,N,30001,30002,email,')
}, 180_000)

test('a saved mapping and a segment go by their names, and words that are none are refused before anything is stored', async () => {
  const nest = nestWithCsv()
  const server = await nest.start()
  const { key } = await clientOf(nest, server)
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('/v1/import-mappings', {
    name: 'Shop',
    columns: ['Mail', 'Wer'],
    mapping: { Mail: 'email', Wer: 'company' },
  })
  await post('/v1/segments', { name: 'All of Acme', filter: 'company = Acme' })
  writeFileSync(join(nest.folder, 'shop.csv'), 'Mail,Wer\na@example.com,Acme\nb@example.com,Other\n')
  const imported = await nest.run(['import', 'shop.csv', '--mapping', 'shop'])
  expect([imported.code, imported.output]).toEqual([0, expect.stringContaining('2 created')])
  const exported = await nest.run(['export', '--segment', 'all of acme', '--columns', 'email,company'])
  expect(exported.output).toBe('email,company\r\na@example.com,Acme\r\n1 lead\n')

  const refused = {
    '--mapping: none is called “Nobody”. There are “Shop”.': ['--mapping', 'Nobody'],
    '--map =name: write <column>=<target>': ['--map', '=name'],
    '--map: “Wer” is sent to two places': ['--map', 'Wer=name', '--map', 'Wer=company'],
    'Use create, update, upsert, skip or fill.': ['--mode', 'merge'],
    'Use keep or clear.': ['--blanks', 'drop'],
    '--rejects: this is the file that is imported': ['--rejects', './shop.csv'],
    'One character, as in ; or a tab.': ['--delimiter', '::'],
  }
  for (const [message, options] of Object.entries(refused)) {
    const { code, output } = await nest.run(['import', 'shop.csv', ...options])
    expect([code, output]).toEqual([1, expect.stringContaining(message)])
  }
  expect((await nest.run(['import', 'list'])).output.trim().split('\n')).toHaveLength(1)
}, 180_000)

test('a folder whose plugins import and export nothing is named before anything is stored', async () => {
  const nest = newNest()
  writeFileSync(join(nest.folder, 'people.csv'), 'email\na@example.com\n')
  const commands = {
    imports: [
      ['import', 'people.csv'],
      ['import', 'resume', 'job_1'],
    ],
    exports: [['export']],
  }
  const expectRefused = async (message: (does: string) => string) => {
    for (const [does, all] of Object.entries(commands))
      for (const args of all) {
        const { code, output } = await nest.run(args)
        expect([code, output]).toEqual([1, expect.stringContaining(message(does))])
      }
    expect(existsSync(nest.dataDir)).toBe(false)
  }
  await expectRefused(
    (does) => `No plugin here ${does} anything: there is no leadnest.config.ts (.mjs, .js) in ${nest.folder}. Run this`,
  )
  const config = join(nest.folder, 'leadnest.config.mjs')
  writeFileSync(config, 'export default { plugins: [] }')
  await expectRefused((does) => `No plugin that ${config} lists ${does} anything. Add one`)
}, 60_000)
