/** One stretch of two lists: `kept` is in both, the others in one of them. */
export type Run = { kind: 'kept' | 'added' | 'removed'; parts: string[] }

/** Above this many differences two lists are told apart as a whole: more would take too long to find. */
const mostEdits = 1_200

/** The shortest way from one list to the other, as Myers finds it. */
export function shortest(before: string[], after: string[]): Run[] {
  const start = commonStart(before, after)
  const end = commonEnd(before, after, start)
  const a = before.slice(start, before.length - end)
  const b = after.slice(start, after.length - end)
  return joined([run('kept', before.slice(0, start)), ...between(a, b), run('kept', before.slice(before.length - end))])
}

function commonStart(a: string[], b: string[]): number {
  let size = 0
  while (size < a.length && size < b.length && a[size] === b[size]) size += 1
  return size
}

function commonEnd(a: string[], b: string[], start: number): number {
  const most = Math.min(a.length, b.length) - start
  let size = 0
  while (size < most && a[a.length - 1 - size] === b[b.length - 1 - size]) size += 1
  return size
}

function between(a: string[], b: string[]): Run[] {
  const steps = a.length && b.length ? forward(a, b) : null
  return steps ? back(a, b, steps) : [run('removed', a), run('added', b)]
}

/** How far each diagonal comes with 0, 1, 2… edits; `null` when it takes too many. */
function forward(a: string[], b: string[]): Int32Array[] | null {
  const most = Math.min(a.length + b.length, mostEdits)
  const reach = new Int32Array(2 * most + 3)
  const steps: Int32Array[] = []
  for (let edits = 0; edits <= most; edits += 1) {
    steps.push(reach.slice(most - edits, most + edits + 3))
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = most + 1 + diagonal
      let x = comesDown(reach, at, diagonal, edits) ? reach[at + 1]! : reach[at - 1]! + 1
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1
      reach[at] = x
      if (x >= a.length && x - diagonal >= b.length) return steps
    }
  }
  return null
}

/** Whether the farthest way to this diagonal ends with an addition, not a removal. */
function comesDown(reach: Int32Array, at: number, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && reach[at - 1]! < reach[at + 1]!)
}

/** Follows `steps` from the end of both lists to their beginning. */
function back(a: string[], b: string[], steps: Int32Array[]): Run[] {
  const runs: Run[] = []
  let [x, y] = [a.length, b.length]
  for (let edits = steps.length - 1; edits > 0; edits -= 1) {
    const reach = steps[edits]!
    const diagonal = x - y
    const at = edits + 1 + diagonal
    const down = comesDown(reach, at, diagonal, edits)
    const fromX = reach[down ? at + 1 : at - 1]!
    const fromY = fromX - diagonal + (down ? -1 : 1)
    const same = Math.min(x - fromX, y - fromY)
    runs.push(run('kept', a.slice(x - same, x)))
    runs.push(down ? run('added', b.slice(fromY, fromY + 1)) : run('removed', a.slice(fromX, fromX + 1)))
    ;[x, y] = [fromX, fromY]
  }
  runs.push(run('kept', a.slice(0, x)))
  return runs.reverse()
}

function run(kind: Run['kind'], parts: string[]): Run {
  return { kind, parts }
}

/** Neighbours of one kind become one run, and what is removed comes before what is added in its place. */
function joined(runs: Run[]): Run[] {
  const all: Run[] = []
  let [removed, added]: [string[], string[]] = [[], []]
  const flush = () => {
    if (removed.length > 0) all.push(run('removed', removed))
    if (added.length > 0) all.push(run('added', added))
    ;[removed, added] = [[], []]
  }
  for (const { kind, parts } of runs) {
    if (parts.length === 0) continue
    if (kind === 'removed') removed = removed.concat(parts)
    else if (kind === 'added') added = added.concat(parts)
    else {
      flush()
      const last = all.at(-1)
      if (last?.kind === 'kept') last.parts = last.parts.concat(parts)
      else all.push(run('kept', parts))
    }
  }
  flush()
  return all
}
