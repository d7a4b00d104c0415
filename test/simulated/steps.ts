// What may happen to a TrainingJob in the cluster in memory, one step at a time and by name, for stories that a property tries.
import { type Cluster, pass, restart, settle } from './cluster.ts'
import { gatesSay } from './gates.ts'
import { collect, type End, endPods, forgetJobs, passDeadline, runPods, startPods } from './kubernetes.ts'
import { specOf } from './trainingjob.ts'

export type Step = (c: Cluster) => void

export const spec = (c: Cluster, change: Parameters<typeof specOf>[0]): void => {
  const { suspend, schedule, retrain, register } = c.object.spec
  const kept = { ...(schedule && { schedule }), ...(retrain && { retrain }), ...(register.top > 1 && several(register.top)) }
  c.object = {
    ...c.object,
    metadata: { ...c.object.metadata, generation: c.object.metadata.generation + 1 },
    spec: specOf({ suspend, ...kept, ...change }),
  }
}

const forest = (trees: number) => ({ algorithm: 'randomForest', parameters: { n_estimators: trees } })
const many = [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }, forest(50), forest(20)]

/** As many candidates as are to be registered. */
const several = (top: number) => ({ register: { top }, candidates: many.slice(0, top) })

/** What these stories ask for when they ask for it. */
export const wider = { after: '10m', attempts: 2, trials: 5 }

const annotate = (c: Cluster, value: string): void => {
  c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': value } } }
}

export const steps: Record<string, Step> = {
  'the loop runs once': c => void pass(c),
  'the loop comes to rest': settle,
  'the operator dies after one write': c => void pass(c, 1),
  'the operator dies after two writes': c => void pass(c, 2),
  'the operator dies after three writes': c => void pass(c, 3),
  'the operator is restarted': restart,
  'the operator has another image': c => {
    c.settings = { ...c.settings, trainerImage: `tidegate/trainer:${c.uids}` }
  },
  'time passes': c => {
    c.now += 60_000
  },
  'an hour passes': c => {
    c.now += 3_600_000
  },
  'the operator is away for a month': c => {
    c.now += 30 * 86_400_000
    restart(c)
  },
  'pods start': startPods,
  'pods run': runPods,
  'the deadline passes': passDeadline,
  'old jobs are forgotten': forgetJobs,
  'somebody deletes the jobs': c => {
    c.jobs = []
  },
  'somebody deletes the jobs and their pods': c => {
    c.jobs = []
    collect(c)
  },
  'somebody deletes the pods': c => {
    c.pods = []
  },
  'somebody deletes the ConfigMaps': c => {
    c.configMaps = []
  },
  'the garbage collector runs': collect,
  'the spec asks for another seed': c => spec(c, { data: { source: { builtin: 'iris' }, split: { seed: c.uids } } }),
  'the spec asks for the first computation again': c => spec(c, {}),
  'the spec asks for more time': c => spec(c, { compute: { deadline: '2h' } }),
  'the spec becomes impossible': c => spec(c, { candidates: [{ algorithm: 'randomForest', parameters: { max_iter: 1 } }] }),
  'the spec names another model': c => spec(c, { model: 'other' }),
  'a run is requested': c => annotate(c, `at ${c.uids}`),
  'it is to run every hour': c => spec(c, { schedule: { every: '1h' } }),
  'it is to run when an hour is half over': c => spec(c, { schedule: { cron: '30 * * * *' } }),
  'it is to run at night in Berlin': c => spec(c, { schedule: { cron: '30 2 * * *', timeZone: 'Europe/Berlin' } }),
  'its schedule cannot be read': c => spec(c, { schedule: { cron: '0 25 * * *' } }),
  'its schedule is removed': c => {
    const { schedule: _, ...rest } = c.object.spec
    c.object = { ...c.object, spec: rest }
  },
  'the two best are to be registered': c => spec(c, several(2)),
  'three of three are to be registered': c => spec(c, several(3)),
  'a failed gate is to be followed by a wider search': c => spec(c, { retrain: { onGateFailure: wider } }),
  'a failed gate is to be followed by nothing': c => {
    const { retrain: _, ...rest } = c.object.spec
    c.object = { ...c.object, spec: rest }
  },
  'the gates pass the version': c => gatesSay(c, 'Pass'),
  'the gates fail the version': c => gatesSay(c, 'Fail'),
  'the gates cannot tell': c => gatesSay(c, 'Inconclusive'),
  'the gates cannot be judged': c => gatesSay(c, 'Error'),
  'it is suspended': c => spec(c, { suspend: true }),
  'it is resumed': c => spec(c, { suspend: false }),
  'a stranger takes the next version': c => {
    const version = 1 + Math.max(0, ...c.versions.map(each => each.spec.version))
    const template = { model: 'iris', version, artifact: { claim: 'x', path: 'y' }, digest: `sha256:${'c'.repeat(64)}` }
    c.versions.push({
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'ModelVersion',
      metadata: { ...c.object.metadata, name: `iris-v${version}`, uid: `v-${++c.uids}` },
      spec: { ...template, evaluation: { rows: 1, metrics: [{ name: 'accuracy', value: 1 }] } },
    })
  },
  'a quota refuses Jobs': c => {
    c.refused = ['Job']
  },
  'a quota refuses versions': c => {
    c.refused = ['ModelVersion']
  },
  'quotas are gone': c => {
    c.refused = []
    c.refusals = []
  },
  'progress is told': c => {
    c.progress = { contract: 1, stage: 'Training', percent: (c.uids * 37) % 101 }
  },
}
for (const how of ['success', 'bad data', 'crash', 'out of memory', 'nonsense', 'silence', 'stolen bundle'] satisfies End[]) {
  steps[`pods end in ${how}`] = c => endPods(c, how)
}
