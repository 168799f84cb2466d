import { ApiError } from '../api/http'

/** What went wrong, for the person who tried; `fallback` where it says nothing to them. */
export function whatWentWrong(error: unknown, fallback: string): string {
  if (!(error instanceof ApiError)) return fallback
  if (error.status === 429) return `Too many tries. Try again ${soon(error.retryAfter)}.`
  return words[error.code] ?? fallback
}

/** Why coming back from another service did not end as it should. */
export function whatElsewhere(code: string | null, denied: string): string {
  if (code === null) return ''
  return code === 'denied' ? denied : whatWentWrong(new ApiError(code, 0, ''), 'That did not work. Try again.')
}

const words: Record<string, string> = {
  unreachable: "Sticky can't be reached. Look at your connection and try again.",
  wrong_password: 'That is not the password.',
  taken: 'Somebody has this username already. Choose another.',
  username_invalid: 'A username has 3 to 32 letters a to z, digits, dots, hyphens and underscores.',
  password_invalid: 'A password has 8 to 256 characters and is not the username.',
  name_invalid: 'That name cannot be used.',
  provider_failed: 'The other service did not answer as it should. Try again, or another way.',
  login_refused: 'That took too long, or was begun somewhere else. Try again.',
  identity_taken: 'That account over there belongs to somebody else here already.',
  last_way_to_sign_in: 'It is your only way to sign in. Set a password or connect another first.',
  registration_closed: 'Accounts are made by whoever runs this Sticky. Ask them for one.',
  expires_at_invalid: 'That time is over already.',
  max_uses_invalid: 'It must be for one person at least.',
  link_off: 'The link is turned off.',
  too_many_requests: 'Many are waiting already. Try again later.',
  last_owner: 'Somebody has to own it: make someone else an owner first.',
}

function soon(seconds: number | undefined): string {
  if (seconds === undefined) return 'in a while'
  if (seconds < 90) return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  return `in ${Math.ceil(seconds / 60)} minutes`
}
