type Fetch = (request: Request, env?: object) => Response | Promise<Response>

/**
 * The app below a path of somebody else's server. Inside, addresses begin at `/`; here they are put under the path, in both
 * directions, so that no page has to know where it is. A server that has taken the path off already is
 * served as well, so the path may not begin as one of the app's own.
 */
export function underPath(fetch: Fetch, basePath: string): Fetch {
  if (basePath === '') return fetch
  return async function fetchUnderPath(request, env) {
    const url = new URL(request.url)
    if (url.pathname === basePath || url.pathname.startsWith(`${basePath}/`)) {
      url.pathname = url.pathname.slice(basePath.length) || '/'
      request = new Request(url, request)
    }
    return moved(await fetch(request, env), basePath)
  }
}

async function moved(response: Response, basePath: string): Promise<Response> {
  const location = response.headers.get('location')
  const isPage = response.headers.get('content-type')?.startsWith('text/html') && response.body !== null
  if (!isPage && !location?.startsWith('/')) return response
  const headers = new Headers(response.headers)
  if (location?.startsWith('/')) headers.set('location', basePath + location)
  const { status } = response
  if (!isPage) return new Response(response.body, { status, headers })
  headers.delete('content-length')
  return new Response(pageUnder(await response.text(), basePath), { status, headers })
}

/** Text of a page holds no bare quote (hono/jsx escapes it), so what looks like an attribute is one. */
const pageUnder = (page: string, basePath: string) =>
  page.replace(/(\s(?:href|src|action|formaction|hx-[\w:-]+)=")(?=\/(?!\/))/g, `$1${basePath}`)
