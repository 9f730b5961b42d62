import {type Answer, known, unknown} from '../answer.ts';
import {oneLine, readStatus, whyOfStatus} from './errors.ts';

/**
 * The exit code in the Status that ends an exec: a success, or a cause `ExitCode` of a `NonZeroExitCode`. Anything else is a
 * failure to run the command at all, and is told by its message. Source: k8s.io/apimachinery remotecommand constants.
 */
export function readExit(frame: Uint8Array, where: string): Answer<number> {
  const status = readStatus(frame) ?? bareStatus(frame);
  if (status === null) return unknown('unparsed', `the exec into ${where} ended with a status that is no JSON`);
  if (status.status === 'Success') return known(0);
  const message = status.message ?? '';
  const exit = status.details?.causes?.find(cause => cause.reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && exit !== undefined && /^\d+$/.test(exit)) return known(Number(exit));
  const program = /exec: \\?"([^"\\]+)\\?": (?:stat [^:]*: )?(?:executable file not found|no such file)/.exec(message)?.[1];
  if (program !== undefined) return unknown('absent', `${where} has no program ${program}`);
  return unknown(whyOfFailure(message, status.code ?? 500), oneLine(`cannot run a command in ${where}: ${message === '' ? 'the API server does not say why' : message.replace(/^(Internal error occurred: )+/, '')}`));
}

/** Servers leave `kind` out of the frame. */
function bareStatus(frame: Uint8Array): ReturnType<typeof readStatus> {
  try {
    const value: unknown = JSON.parse(Buffer.from(frame).toString('utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function whyOfFailure(message: string, code: number): Parameters<typeof unknown>[0] {
  if (/container not found|not running|not created|is in .* state/i.test(message)) return 'absent';
  if (/connection refused|no route to host|dialing backend|no such host/i.test(message)) return 'unreachable';
  return whyOfStatus(code, message);
}
