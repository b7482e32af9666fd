import { type Recorded } from '#libs/kernel';
import { blockMaker } from './make-blocks.js';
import { ProjectionWriter, type ProjectionWriterOptions } from './projection-writer.js';

/** Writes a projection whose rows are made in this thread. */
export class ProjectionRunner extends ProjectionWriter<Recorded> {
  constructor(options: ProjectionWriterOptions) {
    super(options, blockMaker(options.projection));
  }
}
