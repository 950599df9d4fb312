import { Command } from 'commander'
import { accountCommands } from './account-commands.ts'
import { consentCommands } from './consent-commands.ts'
import { doctorCommand } from './doctor-command.ts'
import { exportCommand } from './export-command.ts'
import { importCommand } from './import-command.ts'
import { keyCommands } from './key-commands.ts'
import { migrateCommand } from './migrate-command.ts'
import { pluginCommands } from './plugin-commands.ts'
import { receiptCommands } from './receipt-commands.ts'
import { fail } from './session.ts'
import { startCommand } from './start-command.ts'
import { workerCommand } from './worker-command.ts'

const program = new Command('leadnest')
  .description('LeadNest: lead capture on your own Postgres')
  .showHelpAfterError()
  // What stands behind a command is that one's own, where a command above it takes the same.
  .enablePositionalOptions()

startCommand(program)
workerCommand(program)
migrateCommand(program)
doctorCommand(program)
accountCommands(program)
keyCommands(program)
consentCommands(program)
receiptCommands(program)
importCommand(program)
exportCommand(program)
pluginCommands(program)

await program.parseAsync().catch(fail)
