// One complete good object per kind: each bad object differs from one of them in one place.

const uniform = { apiVersion: 'tidegate.io/v1alpha1' }

export const good = {
  TrainingJob: {
    ...uniform,
    kind: 'TrainingJob',
    metadata: { name: 'iris', namespace: 'default' },
    spec: {
      model: 'iris',
      data: {
        source: { csv: { claim: 'rows', path: 'raw/iris.csv' } },
        fallback: { builtin: 'iris' },
        target: 'species',
        columns: ['sepal_length', 'sepal_width'],
        ignore: ['id'],
        checks: {
          schema: [{ name: 'sepal_length', type: 'number', min: 0, max: 100 }],
          minRows: 10,
          maxMissing: 0.1,
          onFailure: 'fallback',
        },
        split: { method: 'random', test: 0.2, stratify: true, salt: 'a', seed: 42 },
      },
      candidates: [
        {
          algorithm: 'logisticRegression',
          parameters: { max_iter: 200, C: 0.5, fit_intercept: true, class_weight: null, solver: 'lbfgs' },
        },
        { algorithm: 'randomForest' },
      ],
      crossValidation: { folds: 10 },
      register: { top: 2, by: 'roc_auc' },
      retrain: { onGateFailure: { after: '10m', attempts: 2, trials: 5 } },
      storage: { data: { claim: 'rows' }, artifacts: { size: '1Gi', className: 'standard', accessMode: 'ReadWriteOnce' } },
      compute: { image: 'trainer:1', resources: { requests: { cpu: '250m' }, limits: { memory: '1Gi' } }, deadline: '10m', retries: 1 },
      suspend: false,
    },
  },
  Model: {
    ...uniform,
    kind: 'Model',
    metadata: { name: 'iris', namespace: 'default' },
    spec: {
      stages: [
        { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }] },
        {
          name: 'Production',
          gates: [{ metric: 'log_loss', below: 0.4 }],
          approvals: { required: 2, groups: ['reviewers'], notAuthor: true, expireAfter: '24h' },
          soak: '10m',
          freeze: [{ cron: '0 16 * * 5', duration: '62h', timeZone: 'Europe/Berlin' }],
          automatic: false,
        },
      ],
      retention: { keep: 20, archivedFor: '90d' },
    },
  },
  ModelVersion: {
    ...uniform,
    kind: 'ModelVersion',
    metadata: { name: 'iris-v1', namespace: 'default' },
    spec: {
      model: 'iris',
      version: 1,
      artifact: { claim: 'iris-artifacts', path: 'iris/0f3c' },
      digest: `sha256:${'0'.repeat(64)}`,
      evaluation: { rows: 30, metrics: [{ name: 'accuracy', value: 0.9, low: 0.8, high: 0.95, interval: 'wilson' }] },
      source: { trainingJob: 'iris', uid: 'abc', run: 1 },
    },
  },
  Decision: {
    ...uniform,
    kind: 'Decision',
    metadata: { name: 'iris-approve', namespace: 'default' },
    spec: {
      action: 'Approve',
      model: 'iris',
      stage: 'Production',
      version: 1,
      digest: `sha256:${'0'.repeat(64)}`,
      gateRun: '0123456789ab',
      by: 'ann',
      groups: ['reviewers'],
      reason: 'no objections',
    },
  },
  InferenceService: {
    ...uniform,
    kind: 'InferenceService',
    metadata: { name: 'iris', namespace: 'default' },
    spec: {
      model: 'iris',
      traffic: [{ stage: 'Production' }],
      server: { resources: { requests: { cpu: '100m' } }, requestTimeout: '5s', maxBodyBytes: 1_000_000 },
      autoscaling: { min: 1, max: 3, cpu: 70 },
      ingress: { host: 'iris.example.org', className: 'traefik', tls: { secretName: 'iris-tls' } },
    },
  },
}

export type GoodKind = keyof typeof good
