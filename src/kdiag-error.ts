/**
 * What kdiag expects to go wrong, told in one sentence. `exit` follows the contract: 2 the command line (or a file it names) is
 * wrong, 3 the cluster could not be examined. Everything else that is thrown is a bug and keeps its stack.
 */
export class KdiagError extends Error {
  override readonly name = 'KdiagError';
  readonly exit: 2 | 3;
  /** What to do about it, when there is something. */
  readonly hint: string | undefined;

  constructor(exit: 2 | 3, message: string, hint?: string) {
    super(message);
    this.exit = exit;
    this.hint = hint;
  }
}
