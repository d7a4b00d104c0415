// Where an imported version comes from: exactly one source, and rows to measure it on.
import { columnName, objectName } from './fields.ts'
import { exactlyOne, type Infer, listOf, object, optional, rule, text } from './schema.ts'

/** Names a Secret of this namespace; only the pod of the import reads it. */
const credentials = (keys: string) => optional(objectName(`A Secret of this namespace with ${keys}; only the pod of the import reads it.`))

const RELATIVE = rule(
  "!has(self.path) || !self.path.split('/').exists(part, part == '..' || part == '.' || part == '')",
  'path must not contain "..", "." or empty parts',
)
const path = (description: string) => text(description, { minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][-A-Za-z0-9._/ ]*$' })

const mlflow = object(
  'Artifacts of a run in an MLflow server.',
  {
    run: text('Id of the run.', { maxLength: 32, pattern: '^[0-9a-f]{32}$' }),
    path: optional(
      path('A folder with a bundle among the artifacts of the run, or a file that ends in .onnx. Default: what the trainer logged.'),
    ),
    uri: optional(
      text('Address of the server, such as http://mlflow.mlflow.svc:5000. Default: the tracking server of the operator.', {
        minLength: 8,
        maxLength: 512,
        pattern: '^https?://[^\\s?#@]+$',
      }),
    ),
    credentials: credentials('the key token'),
  },
  RELATIVE,
)

const s3 = object('An object, or a folder of objects, in a bucket.', {
  bucket: text('The bucket.', { minLength: 3, maxLength: 63, pattern: '^[a-z0-9][-a-z0-9.]*[a-z0-9]$' }),
  key: text('Key of an ONNX file; one that ends in / is a folder with a bundle.', { minLength: 1, maxLength: 1024 }),
  endpoint: optional(
    text('Address of a server that speaks S3, without the bucket. Default: that of AWS for the region.', {
      minLength: 8,
      maxLength: 512,
      pattern: '^https?://[^\\s?#@]+$',
    }),
  ),
  region: optional(text('Region. Default: us-east-1.', { minLength: 1, maxLength: 40, pattern: '^[a-z0-9-]+$' })),
  credentials: credentials('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN if there is one'),
})

const https = object('An ONNX file on the web.', {
  url: text('Its address; only https.', { minLength: 9, maxLength: 2048, pattern: '^https://[^\\s#@]+$' }),
  credentials: credentials('the key token, sent as a bearer token to this host only'),
})

const claim = object(
  'A folder with a bundle, or an ONNX file, on a claim of this namespace.',
  { name: objectName('The PersistentVolumeClaim.'), path: path('The folder, or a file that ends in .onnx; relative.') },
  RELATIVE,
)

export const ImportSource = object(
  'Where it is fetched from: set exactly one.',
  {
    mlflow: optional(mlflow),
    s3: optional(s3),
    https: optional(https),
    claim: optional(claim),
  },
  exactlyOne('mlflow', 's3', 'https', 'claim'),
)
export type ImportSource = Infer<typeof ImportSource>

export const labelNames = optional(
  listOf(
    'Names of the classes of an ONNX file, in the order of its probabilities. Default: 0, 1, 2 and so on.',
    text('A class.', { minLength: 1, maxLength: 128 }),
    {
      minItems: 2,
      maxItems: 256,
    },
  ),
)

export const Import = object('Fetches the bundle, or makes one from an ONNX file, and puts it where artifact says.', {
  from: ImportSource,
  labels: labelNames,
  rows: optional(
    object(
      'Rows for an ONNX file, in a CSV with a header: some become golden rows, and with a target the metrics are measured on all of them.',
      {
        configMap: object('Where the CSV is.', {
          name: objectName('A ConfigMap of this namespace.'),
          key: text('Its key.', { minLength: 1, maxLength: 253, pattern: '^[-._a-zA-Z0-9]+$' }),
        }),
        target: optional(columnName('Column with the true class. The other columns are the inputs.')),
      },
    ),
  ),
})
export type Import = Infer<typeof Import>
