// A gate: what must hold before a version enters a stage. Some are judged from the numbers of the version, the others by a Job.
import { bigCount, choice, flag, type Infer, number, object, optional, rule, text } from './schema.ts'

export const verdicts = ['Pass', 'Fail', 'Inconclusive', 'Error'] as const

/** Nothing that was not measured ever passes. */
const refusals = ['Fail', 'Inconclusive', 'Error'] as const

/** Metrics that two versions can be compared by on the same rows. */
export const comparedMetrics = ['accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'log_loss'] as const

export const checks = ['parity', 'smoke', 'signature', 'latency', 'size', 'overfit'] as const
export type Check = (typeof checks)[number]

const quoted = (words: readonly string[]) => `[${words.map(word => `'${word}'`).join(', ')}]`

export const Gate = object(
  'A bound on a metric of the test rows, a comparison with the version that holds the stage, or a check.',
  {
    metric: optional(
      text('Name of the metric, such as accuracy, f1 or roc_auc.', { minLength: 1, maxLength: 40, pattern: '^[a-z][a-z0-9_]*$' }),
    ),
    check: optional(
      choice(
        'parity: the server answers as Python did. smoke: a server with the bundle answers requests. signature: what clients of the holder send is understood. latency: atMost milliseconds. size: atMost bytes. overfit: metric on training rows less that on test rows, atMost.',
        checks,
      ),
    ),
    atLeast: optional(number('Passes when the metric is this or more.')),
    atMost: optional(number('Passes when the metric, or what the check measures, is this or less.')),
    above: optional(number('Passes when the metric is more than this.')),
    below: optional(number('Passes when the metric is less than this.')),
    versus: optional(
      choice('Compares with the version that holds the stage: both answer the same test rows. Passes while nobody holds it.', ['holder']),
    ),
    margin: optional(
      number('With versus: the loss that does not matter, in units of the metric; with 0 only better passes.', { minimum: 0 }),
    ),
    slices: optional(
      text('With versus: a column; the comparison is made within each of its values, and none may be worse.', {
        minLength: 1,
        maxLength: 128,
      }),
    ),
    onInconclusive: optional(
      choice(
        'With versus: what becomes of a version when the rows do not decide. Default: Hold. PassIfNotWorse lets it through when the loss that was seen is within the margin.',
        ['Hold', 'PassIfNotWorse'],
      ),
    ),
    outOfFold: optional(
      flag(
        'With versus: when the test rows do not decide, the out-of-fold answers of both versions do, if both were cross-validated on the same training rows. They compare how the versions were trained, not the models themselves. Default: false.',
      ),
    ),
    quantile: optional(
      number('With latency: which one is meant. Default: 0.99.', {
        minimum: 0,
        maximum: 1,
        exclusiveMinimum: true,
        exclusiveMaximum: true,
      }),
    ),
    minSamples: optional(bigCount('Fewest test rows on which it is judged; with fewer it is Inconclusive.', { minimum: 1 })),
    onNoData: optional(choice('The verdict when the metric was not measured. Default: Error.', refusals)),
    onNaN: optional(choice('The verdict when the metric is not a number. Default: Error.', refusals)),
    dryRun: optional(flag('When true, it is judged and told, and keeps no version out.')),
  },
  rule('has(self.metric) || has(self.check)', 'set metric or check'),
  rule(
    "!has(self.metric) || !has(self.check) || self.check == 'overfit'",
    'metric and check go together for overfit only: set one of them',
  ),
  rule(
    'has(self.check) || [has(self.atLeast), has(self.atMost), has(self.above), has(self.below), has(self.versus)].filter(set, set).size() == 1',
    'set exactly one of: atLeast, atMost, above, below, versus',
  ),
  rule(
    '!has(self.check) || !(has(self.atLeast) || has(self.above) || has(self.below) || has(self.versus))',
    'a check knows no atLeast, above, below or versus',
  ),
  rule(
    "!has(self.check) || has(self.atMost) == (self.check in ['latency', 'size', 'overfit'])",
    'latency, size and overfit need atMost; parity, smoke and signature have none',
  ),
  rule("!has(self.check) || self.check != 'overfit' || has(self.metric)", 'overfit needs a metric'),
  rule('has(self.versus) == has(self.margin)', 'versus needs a margin, the loss that does not matter; nothing else has one'),
  rule('has(self.versus) || !(has(self.slices) || has(self.onInconclusive))', 'slices and onInconclusive go with versus'),
  rule(
    `!has(self.versus) || (has(self.metric) && self.metric in ${quoted(comparedMetrics)})`,
    `with versus, metric is one of: ${comparedMetrics.join(', ')}`,
  ),
  rule(
    '!has(self.outOfFold) || !self.outOfFold || (has(self.versus) && !has(self.slices))',
    'outOfFold goes with versus, and not with slices: out-of-fold answers carry no columns',
  ),
  rule(
    "!has(self.outOfFold) || !self.outOfFold || !has(self.metric) || self.metric != 'roc_auc'",
    'outOfFold does not go with roc_auc: the answers of several models have no order among each other; use another metric',
  ),
  rule("!has(self.quantile) || (has(self.check) && self.check == 'latency')", 'quantile goes with latency'),
)
export type Gate = Infer<typeof Gate>

/** What a Job has to find out; the others follow from the numbers that the version carries. */
export const needsJob = (gate: Gate): boolean => gate.versus !== undefined || gate.check !== undefined

/** Whether its verdict depends on who holds the stage. */
export const needsHolder = (gate: Gate): boolean => gate.versus !== undefined || gate.check === 'signature'

const bounds = ['atLeast', 'atMost', 'above', 'below'] as const
export type Bound = (typeof bounds)[number]

export const boundsOf = (gate: Gate): Bound[] => bounds.filter(bound => gate[bound] !== undefined)

/** As it stands in a status, such as "f1 versus holder, margin 0.01": two gates of one name ask for the same. */
export const gateName = (gate: Gate): string => {
  const { metric, check, versus, margin, slices, outOfFold, quantile } = gate
  const subject = [check, check === 'latency' && `p${Number(((quantile ?? 0.99) * 100).toPrecision(6))}`, metric].filter(Boolean).join(' ')
  const terms = [
    ...boundsOf(gate).map(bound => `${bound} ${gate[bound]}`),
    ...(versus ? [`versus ${versus}${slices === undefined ? '' : ` for each ${slices}`}`, `margin ${margin}`] : []),
    ...(outOfFold ? ['else out of fold'] : []),
  ]
  return [subject, terms.join(', ')].filter(Boolean).join(' ').slice(0, 128)
}

/** Fields of every saying of a gate. */
export const finding = {
  name: text('The gate, such as "accuracy atLeast 0.85".', { maxLength: 128 }),
  verdict: choice(
    'Nothing but Pass lets a version through. Inconclusive: too little is known. Error: the gate could not be judged.',
    verdicts,
  ),
  message: text('Why, with the numbers.', { maxLength: 512 }),
}
export const GateFinding = object('What one gate said.', finding)
export type GateFinding = Infer<typeof GateFinding>

export const TestRows = object('The test rows on which versions were compared.', {
  digest: text('Digest of their hashes: the same rows have the same.', { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 }),
  rows: bigCount('How many there are.', { minimum: 0 }),
})
export type TestRows = Infer<typeof TestRows>
