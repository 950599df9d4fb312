import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../browser.ts'
import { clientOf, newNest, ownerEnv } from '../process/spawned.ts'

const repository = resolve('.')
const installed = join(repository, 'node_modules')
const scratch = mkdtempSync(join(tmpdir(), 'leadnest-plugin-'))
const plugin = join(scratch, 'greeter')
let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  rmSync(scratch, { recursive: true, force: true })
})

const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    // As `npm` sets it: the Node and the tools of the package come first.
    env: {
      ...process.env,
      PATH: `${join(installed, '.bin')}:${process.env.PATH}`,
      LEADNEST_TEST_DATABASE_URL: '',
      NO_COLOR: '1',
    },
  })

/** Packs a package as npm would publish it. */
function pack(folder: string): string {
  const told = run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', scratch], folder)
  return join(scratch, /"filename":\s*"([^"]+)"/.exec(told)![1]!)
}

/** As `npm install` leaves it: the packages from their tarballs, what they need from where it is installed already. */
function install(folder: string, packages: Record<string, string>): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@leadnest'), { recursive: true })
  for (const name of readdirSync(installed))
    if (!/^@?leadnest|^\./.test(name)) symlinkSync(join(installed, name), join(modules, name))
  for (const [name, tarball] of Object.entries(packages)) {
    mkdirSync(join(modules, name))
    run('tar', ['xzf', tarball, '--strip-components=1', '-C', join(modules, name)], folder)
  }
  // What npm could not put beside the others.
  symlinkSync(join(repository, 'packages/server/node_modules'), join(modules, '@leadnest/server/node_modules'))
}

test('a plugin that the command line began is packed, installed, turned on and seen in the admin, the API and on a lead', async () => {
  const nest = newNest({ ...ownerEnv }, (folder) => join(folder, 'node_modules/@leadnest/server/bin/leadnest.mjs'))
  const leadnest = join(repository, 'packages/server/bin/leadnest.mjs')
  run(process.execPath, [leadnest, 'plugin', 'new', 'greeter', '--folder', plugin], scratch)
  symlinkSync(installed, join(plugin, 'node_modules'))
  expect(run('npm', ['test'], plugin)).toMatch(/Tests +2 passed/)

  install(nest.folder, {
    '@leadnest/core': pack('packages/core'),
    '@leadnest/sdk': pack('packages/sdk'),
    '@leadnest/widget': pack('packages/widget'),
    '@leadnest/server': pack('packages/server'),
    'leadnest-plugin-greeter': pack(plugin),
  })
  writeFileSync(
    join(nest.folder, 'leadnest.config.ts'),
    `import { defineConfig } from '@leadnest/server'
    import { greeter } from 'leadnest-plugin-greeter'
    export default defineConfig({ plugins: [greeter()] })`,
  )
  const server = await nest.start()
  expect(await nest.run(['plugin', 'disable', 'greeter'])).toMatchObject({ code: 0, output: 'greeter is off.\n' })
  const client = await clientOf(nest, server)
  const submit = async (email: string) => (await client.submit(email)).status

  const page = await browser.newPage()
  await page.goto(`${server.url}/admin/sign-in`)
  await page.getByLabel('E-mail').fill(ownerEnv.LEADNEST_ADMIN_EMAIL)
  await page.getByLabel('Password').fill(ownerEnv.LEADNEST_ADMIN_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.goto(`${server.url}/admin/settings/plugins`)
  await page.getByRole('link', { name: 'Greeter' }).click()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('button', { name: 'Turn off' }).waitFor()
  await page.getByLabel('Greeting').fill('Ahoy')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').first().waitFor()

  expect(await submit('ada@example.com')).toBe(201)
  const greeted = async () => {
    const answer = await fetch(`${server.url}/v1/greeter/greeted`, {
      headers: { authorization: `Bearer ${client.key}` },
    })
    return answer.json()
  }
  await expect.poll(greeted, { timeout: 15_000 }).toEqual({ names: ['Ada'] })
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> }
  expect(Object.keys(document.paths)).toContain('/v1/greeter/greeted')

  const [lead] = await client.leads()
  await page.goto(`${server.url}/admin/leads/${lead!.id}`)
  await page.getByRole('heading', { name: 'Greeting' }).waitFor()
  await page.getByText('“Ahoy, Ada!”').waitFor()
  await expect
    .poll(async () => (await client.timeline(lead!.id)).map(({ type }) => type), { timeout: 15_000 })
    .toContain('note.added')
  expect(JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8')).devDependencies['@leadnest/core']).toBe(
    'file:vendor/leadnest-core-0.1.0.tgz',
  )
}, 240_000)
