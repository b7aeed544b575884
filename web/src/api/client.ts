/** Sends requests to our API and reads the answers; the only place that knows HTTP. */
import { noAnswer, readProblem } from './problem'

export type Query = Record<string, string | number | boolean | undefined | null>

export interface Options {
  query?: Query
  body?: unknown
  signal?: AbortSignal
  ifMatch?: number
  idempotencyKey?: string
}

let onSignedOut: () => void = () => {}

/** Have `handler` called when the server says that nobody is signed in. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}

function headersOf(options: Options): Headers {
  const headers = new Headers({ Accept: 'application/json', 'X-Headwater-Request': '1' })
  if (options.body !== undefined && !(options.body instanceof FormData)) headers.set('Content-Type', 'application/json')
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`)
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  return headers
}

function bodyOf(body: unknown): BodyInit | undefined {
  if (body === undefined) return undefined
  return body instanceof FormData ? body : JSON.stringify(body)
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  try {
    return await fetch(address(path, options.query), {
      method,
      headers: headersOf(options),
      body: bodyOf(options.body),
      signal: options.signal,
      credentials: 'same-origin',
      cache: 'no-store', // an ETag is a revision; figures beside it move without one
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw noAnswer()
  }
}

/** The decoded answer; raises ApiError for any refusal. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options)
  if (response.ok) {
    const text = await response.text()
    return (text ? JSON.parse(text) : undefined) as T
  }
  if (response.status === 401 && !path.startsWith('/api/session')) onSignedOut()
  throw await readProblem(response)
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal })
export const post = <T>(path: string, body?: unknown, options: Options = {}) =>
  request<T>('POST', path, { ...options, body })
export const patch = <T>(path: string, body: unknown, ifMatch?: number) => request<T>('PATCH', path, { body, ifMatch })
export const remove = <T = void>(path: string, options: Options = {}) => request<T>('DELETE', path, options)
