// The data sets that the trainer carries, each with the name of its target column.

export const builtinTargets = {
  iris: 'species',
  wine: 'cultivar',
  breast_cancer: 'diagnosis',
  titanic: 'survived',
  migraine: 'migraine',
} as const
export type Builtin = keyof typeof builtinTargets

export const builtins = Object.keys(builtinTargets) as [Builtin, ...Builtin[]]
