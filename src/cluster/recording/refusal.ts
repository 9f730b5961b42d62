import {KdiagError} from '../../kdiag-error.ts';

/** A file that is not taken for a recording: `file` is its name for a person, `why` completes the sentence. */
export function refusal(file: string, why: string, hint?: string): KdiagError {
  return new KdiagError(2, `${file}: ${why}`, hint);
}
