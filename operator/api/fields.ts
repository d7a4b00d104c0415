// Field shapes that several kinds share: names of objects, durations, quantities, storage, resources.
import { type Infer, mapOf, object, optional, rule, text } from './schema.ts'

export const objectName = (description: string) =>
  text(description, { minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' })

/** A name that becomes part of other names (`<model>-v4`, `<job>-run-3`). */
export const shortName = (description: string) =>
  text(description, { minLength: 1, maxLength: 40, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' })

/** A stage of a ladder; the names are the user's. */
export const stageName = (description: string) => text(description, { minLength: 1, maxLength: 40, pattern: '^[A-Za-z][A-Za-z0-9_-]*$' })

export const columnName = (description: string) => text(description, { minLength: 1, maxLength: 128 })

export const duration = (description: string, o: { default?: string } = {}) =>
  text(`${description} A whole number with a unit: 90s, 10m, 24h or 30d.`, { maxLength: 10, pattern: '^[1-9][0-9]*(s|m|h|d)$', ...o })

export const quantity = (description: string, o: { default?: string } = {}) =>
  text(description, { minLength: 1, maxLength: 20, pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$', ...o })

export const cronLine = (description: string) =>
  text(`${description} Minute, hour, day of month, month, day of week, such as "0 18 * * 5".`, {
    minLength: 9,
    maxLength: 100,
    pattern: '^[-0-9A-Za-z*/,#?]+( [-0-9A-Za-z*/,#?]+){4}$',
  })

export const timeZone = (description: string) =>
  text(`${description} A name of the IANA time zone database, such as Europe/Berlin.`, {
    minLength: 1,
    maxLength: 64,
    pattern: '^[A-Za-z0-9_+/-]+$',
  })

/** Of a run in a tracking server. */
export const runId = (description: string) => text(description, { minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of a duration that the schema accepted. */
export const seconds = (written: string): number => Number(written.slice(0, -1)) * (SECONDS[written.slice(-1)] ?? Number.NaN)

export const resources = (description: string) =>
  object(description, {
    requests: optional(mapOf('What is set aside, by resource name such as cpu or memory.', quantity('Amount.'), { maxProperties: 8 })),
    limits: optional(mapOf('What may be used at most.', quantity('Amount.'), { maxProperties: 8 })),
  })
export type Resources = Infer<ReturnType<typeof resources>>

export const storage = (description: string, defaultSize: string) =>
  object(
    description,
    {
      claim: optional(objectName('Name of an existing PersistentVolumeClaim. Without it one is created, and it outlives the TrainingJob.')),
      size: optional(quantity(`Size of the claim that is created. Default: ${defaultSize}.`)),
      className: optional(objectName('StorageClass of the claim that is created. Default: the default class of the cluster.')),
      accessMode: optional(
        text('Access mode of the claim that is created: ReadWriteOnce (default), ReadWriteMany or ReadWriteOncePod.', {
          maxLength: 20,
          pattern: '^(ReadWriteOnce|ReadWriteMany|ReadWriteOncePod)$',
        }),
      ),
    },
    rule(
      '!has(self.claim) || !(has(self.size) || has(self.className) || has(self.accessMode))',
      'claim names an existing claim; size, className and accessMode belong to a claim that is created: remove one or the other',
    ),
  )
export type Storage = Infer<ReturnType<typeof storage>>
