const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
]

/** "just now", "5 minutes ago", "yesterday"; from a week on the date itself. */
export function when(iso: string, now: Date, locale?: string): string {
  const then = new Date(iso)
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000)
  if (seconds < 60) return 'just now'
  if (seconds >= 7 * 86_400) return dateOf(then, now, locale)
  const [unit, size] = steps.findLast(([, size]) => seconds >= size) ?? ['minute', 60]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / size), unit)
}

/** The day alone: "May 1", with the year where it is another one. */
export function dateOf(then: Date, now: Date, locale?: string): string {
  const thisYear = then.getFullYear() === now.getFullYear()
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(!thisYear && { year: 'numeric' }),
  }).format(then)
}
