// What a bundle says was measured of it: nothing, unless it says on how many rows.
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { ImportReport } from '../../../operator/api/importjob.ts'

export const evaluationIn = ({ metrics, data }: Manifest): Pick<ImportReport, 'evaluation'> =>
  data.testRows && metrics.length > 0 ? { evaluation: { rows: data.testRows, metrics } } : {}
