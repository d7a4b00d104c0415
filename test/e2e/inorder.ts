// Runs the end-to-end files by name, the same way every time: what crowds the cluster comes last.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

export class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isOurs = (file: TestSpecification) => file.project.name === 'e2e'
    const byName = sorted.filter(isOurs).toSorted((a, b) => a.moduleId.localeCompare(b.moduleId, 'en'))
    return [...sorted.filter(file => !isOurs(file)), ...byName]
  }
}
