/** The ids of the notes of which the device keeps a copy. */
export function copiesHere(page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('sticky')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const asking = opening.result.transaction('copies').objectStore('copies').getAllKeys()
          asking.onsuccess = () => resolve(asking.result)
        }
      }),
  )
}
