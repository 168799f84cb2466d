export function peopleOnIt(people: number): string {
  return people === 1 ? '1 person is on it' : `${people} people are on it`
}
