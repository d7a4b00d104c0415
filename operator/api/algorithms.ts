// The algorithms a TrainingJob may name, and what each parameter may be: one table for the operator's check and the trainer's.

export interface ParameterRule {
  kind: 'integer' | 'number' | 'flag' | 'choice'
  min?: number
  max?: number
  /** min itself is not allowed. */
  above?: true
  values?: readonly string[]
  /** null is allowed and means: no limit, or none. */
  nullable?: true
  description: string
}

const seed: ParameterRule = { kind: 'integer', min: 0, max: 4_294_967_295, description: 'Seed of the algorithm.' }
const classWeight: ParameterRule = {
  kind: 'choice',
  values: ['balanced'],
  nullable: true,
  description: 'balanced weighs classes inversely to their frequency.',
}

export const algorithms: Record<string, Record<string, ParameterRule>> = {
  logisticRegression: {
    max_iter: { kind: 'integer', min: 1, max: 100_000, description: 'Most iterations of the solver.' },
    C: { kind: 'number', min: 0, above: true, max: 1e6, description: 'Inverse of the regularisation strength.' },
    tol: { kind: 'number', min: 0, above: true, max: 1, description: 'Tolerance that stops the solver.' },
    fit_intercept: { kind: 'flag', description: 'Whether an intercept is fitted.' },
    solver: { kind: 'choice', values: ['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'], description: 'The solver.' },
    class_weight: classWeight,
    random_state: seed,
  },
  randomForest: {
    n_estimators: { kind: 'integer', min: 1, max: 2000, description: 'Number of trees.' },
    max_depth: { kind: 'integer', min: 1, max: 64, nullable: true, description: 'Deepest level of a tree.' },
    min_samples_split: { kind: 'integer', min: 2, max: 1_000_000, description: 'Fewest rows of a node that may be split.' },
    min_samples_leaf: { kind: 'integer', min: 1, max: 1_000_000, description: 'Fewest rows of a leaf.' },
    max_features: { kind: 'choice', values: ['sqrt', 'log2'], nullable: true, description: 'Columns tried at a split.' },
    criterion: { kind: 'choice', values: ['gini', 'entropy', 'log_loss'], description: 'Quality of a split.' },
    bootstrap: { kind: 'flag', description: 'Whether each tree sees a bootstrap sample.' },
    class_weight: classWeight,
    random_state: seed,
  },
}
