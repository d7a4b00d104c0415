// Decides what the published command line says of itself: to npm, to krew, and to whoever opens the package.

export const NAME = 'kubectl-tidegate'
export const PROGRAM = `${NAME}.mjs`
const SHORT = 'Speaks about models with a Tidegate operator: approve, promote, roll back, compare, validate.'

export interface Release {
  version: string
  license: string
}

/** Everything that runs is in the one file, so nothing else is installed with it. */
export const packageManifest = ({ version, license }: Release) => ({
  name: NAME,
  version,
  description: SHORT,
  license,
  keywords: ['kubectl', 'kubectl-plugin', 'tidegate', 'mlops'],
  type: 'module',
  bin: { [NAME]: PROGRAM },
  files: [PROGRAM, 'NOTICES.md'],
  engines: { node: '>=24' },
})

export const readme = (): string => `# ${NAME}

${SHORT}

kubectl finds it on the PATH as \`kubectl tidegate\`; \`kubectl tidegate help\` lists the commands. It needs Node 24, a kubeconfig, and
a cluster with the operator. It talks to the API server of that kubeconfig, and to nothing else.

Licences of what is bundled in it are in NOTICES.md.
`

export interface Archive {
  /** Where people will download it from; krew does not care while it installs a local archive. */
  uri: string
  sha256: string
}

/** krew unpacks the very archive that npm packs, whose files lie in \`package\`. A script needs a system that reads its first line. */
export const krewManifest = ({ version }: Release, { uri, sha256 }: Archive) => ({
  apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
  kind: 'Plugin',
  metadata: { name: NAME.slice('kubectl-'.length) },
  spec: {
    version: `v${version}`,
    shortDescription: SHORT.slice(0, SHORT.indexOf(':')),
    description: `${SHORT}\n`,
    caveats: 'It needs Node 24 or newer on the PATH.\n',
    platforms: [
      {
        selector: { matchExpressions: [{ key: 'os', operator: 'In', values: ['linux', 'darwin'] }] },
        uri,
        sha256,
        files: [{ from: 'package/*', to: '.' }],
        bin: PROGRAM,
      },
    ],
  },
})
