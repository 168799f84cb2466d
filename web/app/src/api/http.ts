/** What went wrong with a request: the server's stable `code`, or `unreachable` when no answer came. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    /** With code `pruned`: what was before this change of the note has been removed for good. */
    readonly prunedTo?: number,
    /** After how many seconds to try again, where the server says so. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export async function call<T>(method: Method, path: string, body?: object): Promise<T> {
  const response = await send(method, path, body)
  if (!response.ok) throw await problem(response)
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}

async function send(method: Method, path: string, body?: object): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  } catch {
    throw new ApiError('unreachable', 0, 'Sticky did not answer')
  }
}

async function problem(response: Response): Promise<ApiError> {
  const details = await response.json().catch(() => ({}))
  return new ApiError(
    details.code ?? 'unknown',
    response.status,
    details.detail ?? details.title ?? response.statusText,
    details.pruned_to,
    Number(response.headers.get('retry-after')) || undefined,
  )
}

export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : 'unknown'
}
