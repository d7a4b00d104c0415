// Writes YAML as kubectl reads it (YAML 1.1): the one place that imports the library, so no other dialect slips in.
import { stringify } from 'yaml'

export const yaml = (value: unknown): string => stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
