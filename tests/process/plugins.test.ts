import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tools } from '../../packages/server/src/cli/plugin-package.ts'
import { clientOf, type Nest, newNest } from './spawned.ts'

/** Lists plugins that are written as JavaScript. */
function list(nest: Nest, plugins: string): void {
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { appendFileSync, existsSync } from 'node:fs'\nexport default { plugins: [${plugins}] }`,
  )
}

test('a plugin is begun under a name that is free, in a folder that is empty', async () => {
  const nest = newNest()
  list(nest, `{ id: 'taken', name: 'Taken' }`)
  const begin = async (...args: string[]) => {
    const { code, output } = await nest.run(['plugin', 'new', ...args])
    return [code, output.replaceAll(nest.folder, '…')]
  }
  expect(await begin('My Plugin')).toEqual([
    1,
    '“My Plugin” is no name for a plugin. Use small letters, digits and single hyphens, as in my-plugin; at most 50.\n',
  ])
  expect(await begin('taken')).toEqual([1, 'leadnest.config.ts lists a plugin taken already. Choose another name.\n'])
  mkdirSync(join(nest.folder, 'full'))
  writeFileSync(join(nest.folder, 'full', 'mine'), '')
  expect(await begin('mine', '--folder', 'full')).toEqual([
    1,
    '…/full is not empty. Choose another place, as in --folder full-2.\n',
  ])
  expect(await begin('leadnest-plugin-mine', '--core', '^1.2.3')).toMatchObject([
    0,
    expect.stringContaining('npm install'),
  ])
  const written = (name: string) => readFileSync(join(nest.folder, 'leadnest-plugin-mine', name), 'utf8')
  expect(JSON.parse(written('package.json'))).toMatchObject({
    name: 'leadnest-plugin-mine',
    devDependencies: { '@leadnest/core': '^1.2.3', node: expect.stringMatching(/^\^24/) },
  })
  expect(written('src/index.ts')).toContain("id: 'mine'")
  expect(written('src/index.ts')).not.toMatch(/plugin.?hello/i)
})

test('packages of plugins are made with what ours are made with', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(devDependencies).toMatchObject(tools)
})

const shop = (version: string, more = '') => `{
  id: 'shop', name: 'Shop', version: '${version}', capabilities: ['tables'],
  migrations: { '1_orders': 'create table plugin_shop_orders (workspace_id uuid, id integer, primary key (workspace_id, id))' },
  on: { 'lead.captured': () => {} }, ${more}
}`

test('plugins are listed, planned, checked, turned off and uninstalled from the command line', async () => {
  const nest = newNest()
  list(nest, shop('1.0.0'))
  expect((await nest.run(['plugin', 'plan'])).output).toBe(
    [
      'shop 1.0.0 (not installed)',
      '  run migration  1_orders',
      '  make table     plugin_shop_orders',
      '  + capability   tables',
      '  + listens to   lead.captured',
      '',
    ].join('\n'),
  )
  expect(await nest.run(['plugin', 'check'])).toMatchObject({
    code: 1,
    output: '✗ shop 1_orders is not applied yet. Start LeadNest, or run `leadnest migrate`.\n',
  })
  await nest.run(['migrate'])
  expect(await nest.run(['plugin', 'check'])).toMatchObject({ code: 0, output: '✓ shop\n' })
  expect((await nest.run(['plugin', 'plan'])).output).toBe('shop 1.0.0 (installed: 1.0.0)\n  Nothing would change.\n')
  writeFileSync(
    join(nest.folder, 'newer.mjs'),
    `export const shop = () => (${shop('1.1.0', `leadnest: '^99', health: () => {},`)})`,
  )
  expect(await nest.run(['plugin', 'plan', './newer.mjs'])).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /^shop 1\.1\.0 \(installed: 1\.0\.0\)\n {2}\+ hook {9}health\n {2}! The plugin shop works with LeadNest \^99; this is /,
    ),
  })
  expect((await nest.run(['plugin', 'disable', 'shop'])).output).toBe('shop is off.\n')
  expect((await nest.run(['plugin', 'list'])).output).toBe('shop  1.0.0  off  Shop\n')
  expect((await nest.run(['plugin', 'uninstall', 'shop'])).output).toBe(
    'leadnest.config.ts lists shop. Take it out, and start LeadNest again; or add --force.\n',
  )
  list(nest, '')
  expect((await nest.run(['plugin', 'list'])).output).toBe('shop  1.0.0  not in the configuration  Shop\n')
  const what = '  the table plugin_shop_orders, 0 rows\n  1 workspace has settings of it\n  1 migration that it made\n'
  expect((await nest.run(['plugin', 'uninstall', 'shop'])).output).toBe(
    `shop is uninstalled.\nThis stays (--drop-data removes it):\n${what}`,
  )
  expect((await nest.run(['plugin', 'uninstall', 'shop', '--drop-data'])).output).toBe(
    `shop is uninstalled.\nThis is gone:\n${what}`,
  )
  expect(await nest.run(['plugin', 'uninstall', 'shop'])).toMatchObject({ code: 1 })
}, 90_000)

test('a new version is shown what came in, and what it would have made of it is told', async () => {
  const nest = newNest()
  const enrich = (company: string) =>
    `{ id: 'enrich', name: 'Enrich', capabilities: ['leads:write'], beforeCapture: async ({ fields }, { leads }) => {
      if ('${company}' !== 'Old') await leads.create({ email: 'other@example.com' })
      return { fields: { company: '${company}' } }
    } }`
  list(nest, enrich('Old'))
  const server = await nest.start()
  const client = await clientOf(nest, server)
  await client.submit('ada@example.com')
  writeFileSync(join(nest.folder, 'newer.mjs'), `export default ${enrich('New')}`)
  const { output } = await nest.run(['plugin', 'shadow', './newer.mjs', '--last', '10'])
  expect(
    output.split('\n').map((line) => line.replace(/^ {2}[\da-f-]{36}.*/, '  …').replace(/[\d.]+ ms/g, '… ms')),
  ).toEqual([
    'enrich: 1 submission, 0 as then, 1 otherwise; … ms each, … ms at most',
    '  …',
    '    then  company = "Old"',
    '    now   company = "New"',
    '  would have called leads.create once',
    '',
  ])
  expect(await client.leads()).toMatchObject([{ email: 'ada@example.com', company: 'Old' }])
})

test('a plugin that ends its process costs the worker of plugins alone', async () => {
  const nest = newNest()
  const noted = join(nest.folder, 'noted')
  list(
    nest,
    `{ id: 'fatal', name: 'Fatal', on: { 'lead.captured': () => process.exit(7) } },
     { id: 'notes', name: 'Notes', on: { 'note.added': (event) => appendFileSync(${JSON.stringify(noted)}, event.leadId + '\\n') } }`,
  )
  const server = await nest.start(['--no-plugins'])
  const client = await clientOf(nest, server)
  const worker = nest.begin(['worker', '--plugins-only'])
  await worker.says(/the worker runs/)
  expect(await client.submit('ada@example.com')).toMatchObject({ status: 201, body: { status: 'accepted' } })
  expect(await worker.ended).toMatchObject({ code: 7 })

  expect(await server.ready()).toBe(200)
  expect((await client.submit('ben@example.com')).status).toBe(201)
  // The jobs of the core go on: a bulk change is one.
  const headers = { authorization: `Bearer ${client.key}`, 'content-type': 'application/json' }
  const bulk = await fetch(`${server.url}/v1/leads/bulk`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ all: true, action: { type: 'tag', add: ['VIP'] } }),
  })
  const { id } = (await bulk.json()) as { id: string }
  await expect
    .poll(
      async () =>
        ((await (await fetch(`${server.url}/v1/jobs/${id}`, { headers })).json()) as { status: string }).status,
      { timeout: 15_000 },
    )
    .toBe('succeeded')
  // Whoever supervises it starts it again: the other lead ends it as well.
  const again = nest.begin(['worker', '--plugins-only'])
  expect(await again.ended).toMatchObject({ code: 7 })
  expect(await server.ready()).toBe(200)
}, 60_000)

test('a worker is of plugins only, or of none, and not both', async () => {
  const nest = newNest()
  expect(await nest.run(['worker', '--plugins-only', '--no-plugins'])).toMatchObject({
    code: 1,
    output: '--plugins-only and --no-plugins leave no job to run. Choose one.\n',
  })
})

test('a promise that a plugin forgot is told in the log, and ends nothing; an error in a timer ends the worker of plugins', async () => {
  const nest = newNest({ LOG_LEVEL: 'error' })
  list(
    nest,
    `{ id: 'careless', name: 'Careless', on: {
      'lead.captured': () => void Promise.reject(new Error('Nobody waits for me.')),
      'note.added': () => void setTimeout(() => { throw new Error('Out of a timer.') }),
    } }`,
  )
  const server = await nest.start(['--no-plugins'])
  const client = await clientOf(nest, server)
  const worker = nest.begin(['worker', '--plugins-only'])
  await client.submit('ada@example.com')
  await worker.says(/Nobody waits for me/)
  const [lead] = await client.leads()
  await fetch(`${server.url}/v1/leads/${lead!.id}/notes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ body: 'Hello' }),
  })
  expect(await worker.ended).toMatchObject({ code: 1, output: expect.stringContaining('Out of a timer.') })
  expect(await server.ready()).toBe(200)
})
