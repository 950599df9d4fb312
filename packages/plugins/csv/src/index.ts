import { definePlugin } from '@leadnest/core/plugin'
import { api } from './api.ts'
import { draftMigration, forgetDrafts, importedMigration } from './drafts/drafts.ts'
import { csvExporter } from './export/csv-exporter.ts'
import { csvImporter } from './file/csv-importer.ts'
import { mappingMigration } from './mappings/mappings.ts'
import { pages } from './pages/pages.ts'

/** Leads come in from CSV files, however they are written, and go out as CSV that no spreadsheet runs. */
export const csv = () =>
  definePlugin({
    id: 'csv',
    name: 'CSV',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['imports', 'exports', 'leads:read', 'tables'],
    importers: { csv: csvImporter },
    exporters: { csv: csvExporter },
    migrations: { '1_mappings': mappingMigration, '2_drafts': draftMigration, '3_imported': importedMigration },
    jobs: { forget_drafts: { cron: '17 3 * * *', run: (_, context) => forgetDrafts(context) } },
    api,
    pages,
  })
