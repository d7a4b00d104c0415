// Entry of the step that fills the caches: the programs of a Kubernetes, built once, and the images of this repository.
import { binaries } from '../cluster/binaries.ts'
import { buildProjectImages } from '../cluster/images/project.ts'
import { ALL_BINARIES } from '../cluster/recipes.ts'

const say = (line: string): void => console.log(line)

// Compilers keep the processor busy, image builds mostly wait for packages.
const [programs, images] = await Promise.all([binaries(ALL_BINARIES, say), buildProjectImages(say)])
console.log(`${Object.keys(programs).length} programs and the images ${Object.values(images).join(', ')} are there`)
