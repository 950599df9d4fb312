import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { type Actor, type ImportPowers, invalid, LeadNestError, type StoredFile } from '@leadnest/core/plugin'
import { textOf } from '../export/csv-exporter.ts'

/** A file that was sent, and what was said beside it. */
export interface Upload {
  file: StoredFile
  said: Record<string, unknown>
  /** In which its type says that it is written. UTF-8 is what a file has to be unless told. */
  charset?: string
}

type Store = ImportPowers['store']

/** JSON is for what was pasted: 1 MiB. */
const mostPasted = 1024 * 1024
const tooMuch = 'At most 1 MiB can be pasted. Send more as a file.'
/** How much of a form is kept until its file begins. */
const mostHeaders = 256 * 1024

/** What a file is called that does not say so itself: as `name` says, or after who sent it, and when. */
export interface Sent {
  name?: string | undefined
  by: Actor
  at: Date
}

/** Stores what a request brings, as it comes: a form with a part `file`, the file itself, or rows as JSON. */
export async function readUpload(request: Request, sent: Sent, store: Store): Promise<Upload> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (type === 'multipart/form-data') return readForm(request, sent, store)
  if (type === 'application/json') return readPasted(request, sent, store)
  const name = sent.name ?? saidName(request.headers.get('content-disposition') ?? '')
  const file = await store(bodyOf(request), { name: name || nameOf(sent, extensions[type]), type })
  return { file, said: {}, ...charsetOf(request.headers.get('content-type')!) }
}

function charsetOf(type: string): Pick<Upload, 'charset'> {
  const [, charset] = /^text\/[^;]*;.*\bcharset="?([^\s";]+)/i.exec(type) ?? []
  return charset && !/^(utf-?8|us-ascii)$/i.test(charset) ? { charset: charset.toLowerCase() } : {}
}

/** Of bytes that are called nothing only what is inside says what they are: they get no extension. */
const nameOf = ({ by, at }: Sent, extension = '') =>
  `${by.name ?? 'Leads'} ${at.toISOString().slice(0, 16).replace('T', ' ')}${extension}`
const extensions: Record<string, string> = {
  'application/x-ndjson': '.jsonl',
  'text/tab-separated-values': '.tsv',
  'text/csv': '.csv',
}

/** The name in a Content-Disposition, without its folders. */
function saidName(header: string): string {
  const [, encoded] = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header) ?? []
  const [, quoted, plain] = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(header) ?? []
  return (decoded(encoded) ?? quoted ?? plain ?? '').split(/[\\/]/).at(-1)!.trim().slice(0, 200)
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Throws `request_timeout` where the connection ends before the body does: that is nobody's fault here. */
async function* bodyOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (!body) return
  try {
    yield* Readable.fromWeb(body as import('node:stream/web').ReadableStream)
  } catch (cause) {
    throw cause instanceof LeadNestError
      ? cause
      : new LeadNestError('request_timeout', 'The file did not arrive in full.', { cause })
  }
}

async function readForm(request: Request, sent: Sent, store: Store): Promise<Upload> {
  const said: Record<string, unknown> = {}
  let stored: Promise<StoredFile> | undefined
  let ended = (_: Error): void => undefined
  const form = formReader(request)
  // Busboy keeps the charset of a file's part to itself.
  let head = Buffer.alloc(0)
  let partType = ''
  form.on('field', (name, value, _, isCut) => {
    if (isCut) form.destroy(invalid(name, name === 'text' ? tooMuch : 'This is too long.'))
    else said[name] = value
  })
  form.on('file', (name, stream, fileName, _, type) => {
    // What is cut says so before anybody reads it, and would end the process where nobody listened.
    const file = new PassThrough().on('error', () => undefined)
    stream.on('error', (error) => file.destroy(error))
    if (name !== 'file' || stored) {
      stream.resume()
      form.destroy(invalid(name, 'Send one file, as the part file.'))
      return
    }
    const headers = head
      .toString('latin1')
      .split('\r\n\r\n')
      .find((part) => /name="?file"?(;|\s|$)/im.test(part))
    partType = /^content-type:\s*(.*)$/im.exec(headers ?? '')?.[1] ?? ''
    ended = (error) => file.destroy(error)
    stored = store(stream.pipe(file), { name: fileName || nameIn(said, sent) || nameOf(sent), type })
    // It ends the reading, and is thrown below.
    stored.catch((error) => form.destroy(error))
  })
  try {
    const watched = async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        if (!stored) head = Buffer.concat([head, chunk]).subarray(-mostHeaders)
        yield chunk
      }
    }
    await pipeline(bodyOf(request), watched, form)
  } catch (error) {
    ended(error as Error)
    await stored?.catch(() => undefined)
    if (error instanceof LeadNestError) throw error
    throw invalid('file', 'This form ends too early, or is none.')
  }
  const file = await stored
  const { text, ...rest } = said
  if (typeof text === 'string' && text.trim() !== '') {
    // A browser sends an empty part where no file was chosen.
    if (file?.size) throw invalid('file', 'Send a file or paste rows, not both.')
    return { file: await storePasted(text, 'tsv', nameIn(said, sent), store), said: rest }
  }
  if (!file) throw invalid('file', 'Send the file as the part file.')
  return { file, said: rest, ...charsetOf(partType) }
}

function formReader(request: Request) {
  const limits = { files: 2, fields: 50, fieldSize: mostPasted, fieldNameSize: 100, headerPairs: 20 }
  try {
    return new Busboy({ headers: { 'content-type': request.headers.get('content-type')! }, limits })
  } catch {
    throw invalid('file', 'The type of this form names no boundary.')
  }
}

/** `text` is what a spreadsheet puts on the clipboard, `rows` are lists of cells. */
async function readPasted(request: Request, sent: Sent, store: Store): Promise<Upload> {
  const { text, rows, ...said } = jsonIn(await bounded(bodyOf(request)))
  if (text !== undefined && rows !== undefined) throw invalid('rows', 'Send text or rows, not both.')
  const name = nameIn(said, sent)
  if (typeof text === 'string') return { file: await storePasted(text, 'tsv', name, store), said }
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row) && row.every(isCell)))
    throw invalid('rows', 'Send text, or rows as lists of cells.')
  const cells = rows.map((row: unknown[]) => row.map((cell) => (cell === null ? '' : String(cell))))
  return { file: await storePasted(textOf(cells), 'csv', name, store), said }
}

const storePasted = (text: string, extension: 'csv' | 'tsv', name: string | undefined, store: Store) =>
  store(Readable.from([Buffer.from(text)]), {
    name: name || `pasted.${extension}`,
    type: extension === 'csv' ? 'text/csv' : 'text/tab-separated-values',
  })

/** As it is called beside it, or in the query. */
const nameIn = ({ name }: Record<string, unknown>, sent: Sent): string | undefined =>
  typeof name === 'string' && name !== '' ? name : sent.name

const isCell = (cell: unknown) => cell === null || ['string', 'number', 'boolean'].includes(typeof cell)

function jsonIn(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    throw new LeadNestError('invalid_json', 'The body is not valid JSON.')
  }
  throw invalid('', 'Send an object, not a list.')
}

async function bounded(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > mostPasted) throw new LeadNestError('body_too_large', tooMuch)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
