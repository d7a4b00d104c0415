// Decides which Jobs of imports exist: those that are needed, the oldest version first, and those that ended until they are heard, and an hour more.
import type { ModelVersion } from '../../../api/modelversion.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import type { Child } from '../../../runtime/shape.ts'
import type { Job } from '../../observed.ts'
import { isFinished } from '../../pods/ofjob.ts'
import { forgotten, keep, type ServerJobs } from '../serverjob/jobs.ts'
import { jobOf } from './harvest.ts'
import { importJob, importJobName } from './job.ts'

/** So many at once: each loads a network and a volume. */
const MOST_JOBS = 3

/** `open`: versions that wait for their bundle. `stored`: all, as their stored status says. A Job at work that nobody waits for leaves the plan. */
export const importChildren = (open: readonly ModelVersion[], stored: readonly ModelVersion[], imports: ServerJobs): Child[] => {
  const { jobs, settings } = imports
  const names = new Set(jobs.map(({ metadata }) => metadata.name))
  const wanted = open
    .toSorted((a, b) => Number(names.has(importJobName(b))) - Number(names.has(importJobName(a))) || a.spec.version - b.spec.version)
    .slice(0, MOST_JOBS)
    .flatMap((version): Child[] => {
      const found = jobOf(version, imports)
      if (found) return isFinished(found) ? [] : [keep(found)]
      return version.spec.import ? [{ object: importJob(version, version.spec.import, settings) }] : []
    })
  const ended = jobs.filter(isFinished).map(job => (isUnstored(job, stored) ? keep(job) : forgotten(job)))
  return [...wanted, ...ended]
}

/** What it says may not have been written down yet. */
const isUnstored = ({ metadata }: Job, stored: readonly ModelVersion[]): boolean =>
  stored.some(version => version.spec.import && !bundleOf(version) && importJobName(version) === metadata.name)
