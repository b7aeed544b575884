/** The one error that callers of the API see: a problem document, or the lack of an answer. */
export interface Fault {
  field: string
  code: string
  detail: string
}

export interface Problem {
  status: number
  code: string
  title: string
  detail: string
  hint?: string
  errors?: Fault[]
  request_id?: string
  /** The current state, behind a 412. */
  document?: unknown
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
  }

  get status(): number {
    return this.problem.status
  }

  get code(): string {
    return this.problem.code
  }

  /** First message for each field of the body that was sent. */
  faults(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const fault of this.problem.errors ?? []) found[fault.field] ??= fault.detail
    return found
  }
}

export const NO_ANSWER = 'no_answer'

export function noAnswer(): ApiError {
  return new ApiError({
    status: 0,
    code: NO_ANSWER,
    title: 'No answer',
    detail: 'The server did not answer.',
    hint: 'Check the connection, then try again. Nothing you typed is lost.',
  })
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}

/** What a refusing answer means, also when its body is no problem document. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  if (isProblem(body)) return new ApiError({ ...body, status: response.status })
  return new ApiError({
    status: response.status,
    code: `http_${response.status}`,
    title: response.statusText,
    detail: `The server answered ${response.status} ${response.statusText}`.trim() + '.',
  })
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new ApiError({ status: 0, code: 'ui_fault', title: 'Fault of the page', detail })
}
