export type Toast = { id: number; text: string; action?: { label: string; run: () => void } }

const shownFor = 8_000
const most = 2
let next = 1

export const toasts = $state<Toast[]>([])

/** Says something in passing; what can be undone stays long enough to be undone. */
export function say(text: string, action?: Toast['action']): void {
  const id = next++
  toasts.push({ id, text, ...(action && { action }) })
  if (toasts.length > most) toasts.shift()
  setTimeout(() => dismiss(id), shownFor)
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id)
  if (index >= 0) toasts.splice(index, 1)
}
