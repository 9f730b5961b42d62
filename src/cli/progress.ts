import {columns, plain} from '../report/plain.ts';

/** Says on a terminal what is being waited for, in one line that is gone when the report comes. Elsewhere silent, unless verbose. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #verbose: boolean;
  #shown = false;

  constructor(stream: NodeJS.WriteStream, verbose: boolean) {
    this.#stream = stream;
    this.#verbose = verbose;
  }

  show(text: string): void {
    const safe = plain(text);
    if (this.#verbose) this.#stream.write(`kdiag: ${safe}\n`);
    else if (this.#stream.isTTY) {
      const room = (this.#stream.columns || 80) - 4;
      this.#stream.write(`\r\u001b[K… ${columns(safe) > room ? `${safe.slice(0, room - 1)}…` : safe}`);
      this.#shown = true;
    }
  }

  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K');
    this.#shown = false;
  }
}
