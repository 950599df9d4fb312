import type { AddressInfo, Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

type Behaviour =
  | 'accept'
  | 'refuse'
  | 'gone'
  | 'opted_out'
  | 'busy'
  | 'down'
  | 'unreachable'
  | 'lose_answer'
  | 'take_and_fail'

export interface Received extends Email {
  /** The envelope, which decides who gets it. */
  envelope: { from: string; to: string[] }
  raw: string
}

/** A mail server in this process, which keeps what it takes. */
export async function startMailServer() {
  let received: Received[] = []
  let behaviour: Behaviour = 'accept'
  let asked = 0
  const sockets: Socket[] = []
  const refusals: Partial<Record<Behaviour, [number, string]>> = {
    refuse: [554, '5.7.1 We do not like this'],
    gone: [550, '5.1.1 There is no such mailbox'],
    opted_out: [554, '5.7.1 This address is on the suppression list'],
    busy: [451, '4.7.1 Try again later'],
    down: [421, '4.3.2 Closing'],
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('Wrong password')),
    onRcptTo(_, __, done) {
      asked += 1
      const refusal = refusals[behaviour]
      done(refusal && Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }))
    },
    onData(stream, { envelope, remotePort }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks)
        const { mailFrom, rcptTo } = envelope
        received.push({
          ...(await PostalMime.parse(raw)),
          envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
          raw: raw.toString(),
        })
        if (behaviour === 'lose_answer') sockets.find((socket) => socket.remotePort === remotePort)!.destroy()
        else if (behaviour === 'take_and_fail') done(Object.assign(new Error('4.3.0 Try again'), { responseCode: 451 }))
        else done()
      })
    },
  })
  server.server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    if (behaviour === 'unreachable') socket.destroy()
  })
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received: () => received,
    asked: () => asked,
    behave: (how: Behaviour) => void (behaviour = how),
    forget() {
      received = []
      asked = 0
      behaviour = 'accept'
    },
    close: () => new Promise<void>((closed) => server.close(closed)),
  }
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>
