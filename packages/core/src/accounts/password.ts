import { Argon2id } from 'oslo/password'
import { invalid } from '../errors.ts'

/** OWASP's Argon2id: 19 MiB, two passes, one lane. It runs on a thread of its own, never on the event loop. */
const argon2id = new Argon2id({ memorySize: 19_456, iterations: 2, parallelism: 1 })

/** The commonest that are at least eight characters long; those that name this product are as easy to guess. */
const common = new Set(
  'password password1 password12 password123 12345678 123456789 1234567890 qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx iloveyou sunshine princess football baseball superman trustno1 welcome1 letmein1 abcd1234 abc12345 passw0rd p@ssw0rd admin123 administrator changeme changeit leadnest leadnest1 leadnest123 00000000 11111111 88888888 987654321 asdfghjkl qwertyui computer whatever starwars michelle jennifer dragon123 monkey123 master123'.split(
    ' ',
  ),
)

/** Throws `invalid_input` for what is too short or too common. */
export async function hashPassword(password: string): Promise<string> {
  const text = password.normalize('NFC')
  if ([...text].length < 8) throw invalid('password', 'Use at least 8 characters.')
  if (common.has(text.toLowerCase()) || /^(.)\1*$/u.test(text))
    throw invalid('password', 'This one is among the first that are tried. Choose another.')
  return argon2id.hash(text)
}

let decoy: Promise<string> | undefined

/** Takes as long for somebody unknown as for a wrong password, so that neither can be told from the other. */
export async function verifyPassword(hash: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= argon2id.hash('nobody has this password')
  // Waited for in any case, or the first try of a process would tell.
  const nobodys = await decoy
  const right = await argon2id.verify(hash ?? nobodys, password.normalize('NFC'))
  return right && typeof hash === 'string'
}
