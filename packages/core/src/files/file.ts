/** A file of a workspace. What it is for decides who may open it: that is up to the use case that hands it out. */
export interface StoredFile {
  id: string
  name: string
  /** Its media type, as in `text/csv`. */
  type: string
  /** As in `import`, `export` or `media`. */
  purpose: string
  /** Whose it is: it goes with that lead at a merge, and is removed with them. */
  leadId: string | null
  /** In bytes. */
  size: number
  /** In hex. */
  sha256: string
  createdAt: string
  /** Removed after this moment; null is never. */
  expiresAt: string | null
}

/** What is said of a file when it is written. */
export interface NewFile {
  name: string
  type: string
  purpose: string
  /** How many bytes it may have: 2 GiB unless told. */
  limit?: number
  expiresAt?: Date | null
  leadId?: string | null
}

/** Bytes as they come; whoever reads them decides how fast. */
export type Bytes = AsyncIterable<Uint8Array>

/** Which bytes of a file, from 0; `to` is the last one, and the end unless told. */
export interface ByteRange {
  from?: number
  to?: number | undefined
}
