import type { components } from './schema'

type Schemas = components['schemas']

type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Member in keyof T]-?: Whole<Exclude<T[Member], undefined>> }
    : T

/** What the server answers. It leaves nothing out: what is not there is null. */
export type Answer<Name extends keyof Schemas> = Whole<Schemas[Name]>
