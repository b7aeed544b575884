/** Sends a file and tells how far it is; `fetch` cannot tell, so this uses the older request object. */
import { ApiError, noAnswer, type Problem } from './problem'

export interface Upload<T> {
  answer: Promise<T>
  cancel: () => void
}

function refusal(request: XMLHttpRequest): ApiError {
  try {
    const problem = JSON.parse(request.responseText) as Problem
    if (problem.code) return new ApiError({ ...problem, status: request.status })
  } catch {
    // the body is no JSON: say what the status says
  }
  const detail = `The server answered ${request.status} ${request.statusText}`.trim() + '.'
  return new ApiError({ status: request.status, code: `http_${request.status}`, title: request.statusText, detail })
}

/** Start sending `form`; `onProgress` hears the share that is sent, from 0 to 1. */
export function upload<T>(path: string, form: FormData, onProgress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest()
  const answer = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      if (request.status >= 300) reject(refusal(request))
      else resolve((request.responseText ? JSON.parse(request.responseText) : undefined) as T)
    }
    request.onerror = () => reject(noAnswer())
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'))
    request.open('POST', path)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-Headwater-Request', '1')
    request.send(form)
  })
  return { answer, cancel: () => request.abort() }
}
