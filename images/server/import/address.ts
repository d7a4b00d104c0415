// Which addresses are asked: https anywhere; http only for names that mean this cluster, where no certificate could be had.
import { Refused } from './refused.ts'

/** A Service, or the pod itself. Names without a dot are looked up in the namespace first, and `.svc` belongs to no domain. */
const isInternal = (host: string): boolean =>
  (!host.includes('.') && !host.startsWith('[')) || host === '127.0.0.1' || host.endsWith('.svc') || host.endsWith('.svc.cluster.local')

/** `field` is named to whoever wrote it. */
export const checkedAddress = (written: string, field: string): URL => {
  const url = URL.parse(written)
  if (!url || url.username || url.password)
    throw new Refused(`${field} is no address that can be used: write https://host/…, without a user`)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isInternal(url.hostname))) return url
  throw new Refused(
    `${field} is ${url.protocol}//${url.host}: use https; http is asked only of Services of this cluster, by a name such as mlflow.mlflow.svc`,
  )
}

/** An address for people: its query may be a key. */
export const shownAddress = ({ origin, pathname }: URL): string => `${origin}${pathname}`.slice(0, 200)
