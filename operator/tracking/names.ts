// Decides how a model is called in a tracking server, by the rules of each kind of server.

import type { TrackingConfig } from '../config.ts'

export type Naming = Pick<TrackingConfig, 'names' | 'prefix'>

type Scheme = (prefix: string, namespace: string, model: string) => string

/** Names of Kubernetes know no underscore, so one of them keeps any two models apart. */
const schemes: Record<Naming['names'], Scheme> = {
  mlflow: (prefix, namespace, model) => `${prefix}${namespace}.${model}`,
  // A name of the workspace registry holds no period.
  databricks: (prefix, namespace, model) => `${prefix}${namespace}_${model}`,
  // catalog.schema.model; a hyphen would have to be quoted in SQL, and becomes two underscores.
  'databricks-uc': (prefix, namespace, model) => `${prefix}.${[namespace, model].map(part => part.replaceAll('-', '__')).join('_')}`,
}

export const nameOf = ({ names, prefix }: Naming, { namespace, model }: { namespace: string; model: string }): string =>
  schemes[names](prefix, namespace, model)
