/** The same request; `goOn` is called for all that comes of its body: whoever sends a file decides how long that takes. */
export function arriving(request: Request, goOn: () => void): Request {
  const { url, method, headers, body, signal } = request
  if (!body) return request
  const heard = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      goOn()
      controller.enqueue(bytes)
    },
    flush: goOn,
  })
  const init = { method, headers, signal, body: body.pipeThrough(heard), duplex: 'half' as const }
  return new Request(url, init)
}
