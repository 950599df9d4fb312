import { benchConsents } from './consents/bench.ts'
import { benchCsv } from './csv/bench.ts'
import { benchLeads } from './leads/bench.ts'
import { benchPolite } from './polite/bench.ts'
import { benchSpam } from './spam/bench.ts'

const benches: Record<string, () => Promise<void>> = {
  consents: benchConsents,
  csv: benchCsv,
  leads: benchLeads,
  polite: benchPolite,
  spam: benchSpam,
}

const name = process.argv[2] ?? ''
const bench = benches[name]
if (!bench) {
  console.error(`Say what to measure: npm run bench -- ${Object.keys(benches).join(' | ')}`)
  process.exit(2)
}
await bench()
