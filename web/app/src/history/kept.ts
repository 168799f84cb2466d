/** Reads each thing once and keeps the last `most` of them; what could not be read is asked for again. */
export function kept<K, V>(read: (key: K) => Promise<V>, most: number): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>()
  return (key) => {
    const reading = known.get(key) ?? read(key)
    known.delete(key)
    known.set(key, reading)
    reading.catch(() => known.get(key) === reading && known.delete(key))
    for (const oldest of known.keys()) {
      if (known.size <= most) break
      known.delete(oldest)
    }
    return reading
  }
}
