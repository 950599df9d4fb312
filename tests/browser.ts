import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const installed = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // As the browser of a person says it; a headless one says so, and what it sends is held.
  '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
]

/** Starts the Chromium of this machine, or else the one from npm, which `bundled` asks for. Close it when done. */
export async function launchBrowser({ bundled = false } = {}): Promise<Browser> {
  const path = bundled ? undefined : installed.find((candidate) => candidate && existsSync(candidate))
  if (path) return chromium.launch({ executablePath: path, args: flags })
  return launchBundled()
}

async function launchBundled(): Promise<Browser> {
  // It runs whatever lies in TMPDIR under its name, so it gets a folder that nobody wrote to before.
  const folder = mkdtempSync(join(tmpdir(), 'leadnest-browser-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const executablePath = await unpackInto(folder)
    const browser = await chromium.launch({ executablePath, args: flags, env: { ...process.env, TMPDIR: folder } })
    browser.on('disconnected', remove)
    return browser
  } catch (error) {
    remove()
    throw error
  }
}

async function unpackInto(folder: string): Promise<string> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const { default: sparticuz } = await import('@sparticuz/chromium')
    return await sparticuz.executablePath()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}
