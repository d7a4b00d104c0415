// Decides how an object is printed for programs: as kubectl prints it, without the bookkeeping of field managers.
import { dumpYaml } from '@kubernetes/client-node'

export const printed = (object: unknown, format: string): string =>
  format === 'yaml' ? dumpYaml(slim(object), { lineWidth: -1 }).trimEnd() : JSON.stringify(slim(object), null, 2)

const slim = (object: unknown): unknown =>
  JSON.parse(JSON.stringify(object, (key: string, value: unknown) => (key === 'managedFields' ? undefined : value)))
