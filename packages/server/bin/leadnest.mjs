#!/usr/bin/env -S node --max-semi-space-size=8
// Unless told, V8 lets its young generation grow to 96 MB under load, and keeps them; with 24 the work is as fast.
import { existsSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

// It also lets garbage stand until there is four times of what is used; at 1.4 an import of 100,000 rows takes 50 MB more instead of 150.
setFlagsFromString('--heap-growing-percent=40')

const main = new URL('../dist/cli/main.js', import.meta.url)
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
if (!runsIn(engines.node)) {
  console.error(`LeadNest needs Node ${engines.node}, and this is ${process.versions.node} (${process.execPath}).`)
  process.exitCode = 1
} else if (existsSync(main)) {
  await import(main)
} else {
  console.error('LeadNest is not built yet: run `npm run build` in the repository, or `npm start`, which builds first.')
  process.exitCode = 1
}

/** Whether this Node is one of a range of `^22.19` and `>=26`, with `||` between: an older one would end with a stack. */
function runsIn(range) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return range.split('||').some((part) => {
    const [, sign, from, least = 0] = /(\^|>=)(\d+)(?:\.(\d+))?/.exec(part)
    return major === Number(from) ? minor >= Number(least) : sign === '>=' && major > Number(from)
  })
}
