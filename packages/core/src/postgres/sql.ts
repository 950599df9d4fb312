import pg from 'pg'
import sqlTag, { join, type Sql } from 'sql-template-tag'

/** A whole statement with its values apart: values are sent as parameters, never written into the text. */
export const sql = sqlTag
export { join, type Sql }

/** Times leave Postgres as the ISO 8601 text that they have on the wire; columns are timestamptz(3), so nothing is cut off. */
const iso = (text: string) => new Date(text).toISOString()

export const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMPTZ
      ? iso
      : oid === pg.types.builtins.INT8
        ? Number
        : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig

const camel = new Map<string, string>()

function camelCase(column: string): string {
  let name = camel.get(column)
  if (!name) {
    name = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    camel.set(column, name)
  }
  return name
}

/** The one row transform: `created_at` becomes `createdAt`; keys inside jsonb stay as they are. */
export function toRow<Row>(row: Record<string, unknown>): Row {
  const result: Record<string, unknown> = {}
  for (const column in row) result[camelCase(column)] = row[column]
  return result as Row
}

/**
 * A value as it is sent. Arrays of texts are written as Postgres reads them here, not by the driver: batches are arrays by the thousand,
 * and this leaves a fifth of the garbage.
 */
export const toParameter = (value: unknown): unknown =>
  Array.isArray(value) && value.every((item) => item === null || typeof item === 'string')
    ? `{${value.map(elementOf).join()}}`
    : value

const elementOf = (text: string | null): string =>
  text === null ? 'NULL' : `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`
