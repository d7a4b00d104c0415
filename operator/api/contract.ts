// Names that pieces of the system share: labels, annotations, ports, paths, environment variables, exit codes.

export const FIELD_MANAGER = 'tidegate'
export const CONTRACT_VERSION = 1

export const label = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  trainingJob: 'tidegate.io/trainingjob',
  run: 'tidegate.io/run',
  inferenceService: 'tidegate.io/inferenceservice',
  model: 'tidegate.io/model',
  version: 'tidegate.io/version',
  /** On the Job of a gate run: the judgement. */
  gateRun: 'tidegate.io/gate-run',
  /** On the Job that removes bundles: the batch. */
  cleanup: 'tidegate.io/cleanup',
  /** On a TrainingJob that `kubectl tidegate validate` made: the name of the one whose rows it checks. */
  validates: 'tidegate.io/validates',
  /** On the Job that imports a version: the uid of the version. */
  import: 'tidegate.io/import',
  /** On a ConfigMap with older moves of a model: its name. */
  ledger: 'tidegate.io/ledger',
  /** On the same: the first 40 digits of the hash over it and everything before it. */
  ledgerHash: 'tidegate.io/ledger-hash',
} as const

export const annotation = {
  /** Hash of what was last applied to a child: a restarted operator with the same plan writes nothing. */
  applied: 'tidegate.io/applied',
  /** Any new value asks for one more run of a TrainingJob. */
  runRequested: 'tidegate.io/run-requested',
  /** Who wrote what was trained or imported; stamped by the API server, so that nobody can claim another name. */
  submittedBy: 'tidegate.io/submitted-by',
  /** On a version that `kubectl tidegate copy` wrote: the one that it was copied from; only a word, the digest is what counts. */
  copiedFrom: 'tidegate.io/copied-from',
} as const

export const port = { http: 8000, grpc: 9000, progress: 8002, operator: 8080 } as const

/** Paths inside the trainer's container. */
export const trainerPath = {
  config: '/etc/tidegate/config.json',
  data: '/data',
  configMapData: '/configmap-data',
  artifacts: '/artifacts',
} as const

/** Paths inside the server's container. */
export const serverPath = { bundle: '/model', artifacts: '/models' } as const

/** Where the claims of the two bundles are mounted in the Job of a gate run. */
export const gatePath = { challenger: '/challenger', holder: '/holder' } as const

/** Where the claim is mounted in the Job that removes bundles from it. */
export const cleanupPath = '/bundles'

/** Paths inside the container of an import. */
export const importPath = { bundles: '/bundles', source: '/source', rows: '/rows' } as const

/** Environment of an import, from the Secret that the source names. */
export const importEnv = {
  token: 'TIDEGATE_IMPORT_TOKEN',
  accessKey: 'AWS_ACCESS_KEY_ID',
  secretKey: 'AWS_SECRET_ACCESS_KEY',
  sessionToken: 'AWS_SESSION_TOKEN',
} as const

/** Files of a bundle that a gate run reads, and one beside it. */
export const bundleFile = {
  /** One line for each test row: hash, label, prediction, probabilities, inputs. */
  predictions: 'evaluation/predictions.csv',
  /** The first eight bytes of the hash of each training row, sorted, one after the other. */
  trainedRows: 'evaluation/trained-rows.bin',
  /** Logged in a tracking server, never part of a bundle: its canonical listing, whose sha256 is the digest of the bundle. */
  listing: 'bundle.sha256',
  /** Of each training row its hash, its fold, and what a model that had not learned from it answered. */
  outOfFold: 'evaluation/out-of-fold.bin',
} as const

/** Environment of the trainer: the Job's uid names the folder of its bundle, and is only known to the running pod. */
export const trainerEnv = { jobUid: 'TIDEGATE_JOB_UID', threads: 'TIDEGATE_THREADS' } as const

/** Environment of the model server. */
export const serverEnv = {
  bundle: 'TIDEGATE_BUNDLE',
  digest: 'TIDEGATE_DIGEST',
  model: 'TIDEGATE_MODEL',
  version: 'TIDEGATE_MODEL_VERSION',
  inferenceService: 'TIDEGATE_INFERENCESERVICE',
  workers: 'TIDEGATE_WORKERS',
  requestTimeoutMs: 'TIDEGATE_REQUEST_TIMEOUT_MS',
  maxBodyBytes: 'TIDEGATE_MAX_BODY_BYTES',
  drainSeconds: 'TIDEGATE_DRAIN_SECONDS',
} as const

/** How a trainer says what happened: 42 and 43 are never retried, anything else but 0 is. */
export const exitCode = { done: 0, badInput: 42, checksRefused: 43 } as const

/** Of an import: what its source holds is refused or is not there, and no other try finds anything else. */
export const IMPORT_REFUSED = 44

/** The kubelet cuts a termination message at 4,096 bytes; a summary is at most this long by construction. */
export const SUMMARY_MAX_BYTES = 4000
