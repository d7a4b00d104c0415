// What lies in a folder of Git, as Argo CD sends it: in the order of its waves, each object with the mark by which Argo CD knows it again.
import { type Manifest, manifests, read } from '../../documents.ts'
import { paths } from '../../sources.ts'

const WAVE = 'argocd.argoproj.io/sync-wave'
export const TRACKING = 'argocd.argoproj.io/tracking-id'
export const INSTANCE = 'app.kubernetes.io/instance'

export interface Sent extends Manifest {
  metadata: Manifest['metadata'] & { labels: Record<string, string>; annotations: Record<string, string> }
}

const KINDS = ['Model', 'TrainingJob', 'InferenceService']

const waveOf = ({ kind, metadata }: Manifest): number => {
  const written = (metadata as Partial<Sent['metadata']>).annotations?.[WAVE]
  return written === undefined ? KINDS.indexOf(kind) : Number(written)
}

/** Argo CD marks by annotation, and by label where it is told to; both are given here. */
export const sentFrom = (folder: string, namespace: string): Sent[] =>
  paths(`${folder}/*.yaml`)
    .flatMap(path => manifests(read(path)))
    .toSorted((a, b) => waveOf(a) - waveOf(b))
    .map(manifest => marked(manifest, namespace))

const marked = (manifest: Manifest, namespace: string): Sent => {
  const { kind, metadata } = manifest as Sent
  const annotations = { ...metadata.annotations, [TRACKING]: `app:tidegate.io/${kind}:${namespace}/${metadata.name}` }
  return { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, [INSTANCE]: 'app' }, annotations } }
}

export const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

export const refOf = ({ kind, metadata }: Manifest): string => `${kind.toLowerCase()}s.tidegate.io/${metadata.name}`
