import type { Schema } from '../endpoint.ts'

/** A column of an export: `key` names what it holds, as in `email` or `fields.size`; `label` is for people. */
export interface ExportColumn {
  key: string
  label: string
  /** It is there only where it is named. */
  extra?: true
}

/** A format that leads can be exported to, as CSV is. */
export interface Exporter {
  /** As people know it: CSV. */
  label: string
  /** The media type, as in `text/csv; charset=utf-8`. */
  type: string
  /** Of its files, without the dot. */
  extension: string
  /** A schema of valibot for its options, which are checked when an export is asked for. Without it there are none. */
  options?: Schema
  /**
   * Writes rows as they come: the cells of one in the order of the columns, each as text. `options` are what the schema made of them.
   * What it holds back costs memory.
   */
  write(rows: AsyncIterable<string[][]>, columns: ExportColumn[], options: object): AsyncIterable<Uint8Array | string>
}
