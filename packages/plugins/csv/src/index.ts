import { definePlugin } from '@leadnest/core/plugin'
import { api } from './api.ts'
import { csvExporter } from './export/csv-exporter.ts'
import { csvImporter } from './file/csv-importer.ts'
import { migrations } from './mappings/mappings.ts'

/** Leads come in from CSV files, however they are written, and go out as CSV that no spreadsheet runs. */
export const csv = () =>
  definePlugin({
    id: 'csv',
    name: 'CSV',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: ['imports', 'tables'],
    importers: { csv: csvImporter },
    exporters: { csv: csvExporter },
    migrations,
    api,
  })
