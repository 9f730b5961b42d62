import type {HttpAnswer} from './tcp.ts';

/** Of an answer's bytes; `whole`: nothing is missing, however the connection ended. Null: it is no HTTP/1 (RFC 9112). */
export function readHttp(bytes: Buffer, ended: boolean): {readonly answer: HttpAnswer; readonly whole: boolean} | null {
  const head = /^HTTP\/1\.\d (\d{3})[^\r\n]*\r?\n((?:[^\r\n]+\r?\n)*)\r?\n/.exec(bytes.subarray(0, 65_536).toString('latin1'));
  if (head === null) return null;
  const [all, status = '', fields = ''] = head;
  if (status.startsWith('1') && status !== '101') return readHttp(bytes.subarray(all.length), ended);
  const field = (name: string): string | null => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(fields)?.[1] ?? null;
  const rest = bytes.subarray(all.length);
  const {body, whole} = bodyOf(rest, field('transfer-encoding'), field('content-length'), status, ended);
  return {answer: {status: Number(status), contentType: field('content-type'), body: body.toString('utf8'), truncated: !whole}, whole};
}

/** RFC 9112 §6.3. */
function bodyOf(rest: Buffer, coding: string | null, length: string | null, status: string, ended: boolean): {readonly body: Buffer; readonly whole: boolean} {
  if (status === '204' || status === '304') return {body: Buffer.alloc(0), whole: true};
  if (coding !== null && /chunked$/i.test(coding)) return chunks(rest);
  if (length === null || !/^\d+$/.test(length)) return {body: rest, whole: ended};
  return {body: rest.subarray(0, Number(length)), whole: rest.length >= Number(length)};
}

/** RFC 9112 §7.1; trailers are not read. */
function chunks(rest: Buffer): {readonly body: Buffer; readonly whole: boolean} {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = rest.indexOf('\n', at);
    const size = end < 0 ? undefined : /^([0-9a-f]{1,7})[ \t]*(?:;.*)?\r?$/i.exec(rest.subarray(at, end).toString('latin1'))?.[1];
    if (size === '0' || (size !== undefined && /^0+$/.test(size))) return {body: Buffer.concat(parts), whole: true};
    if (size === undefined) return {body: Buffer.concat(parts), whole: false};
    const to = end + 1 + Number.parseInt(size, 16);
    parts.push(rest.subarray(end + 1, to));
    if (to >= rest.length) return {body: Buffer.concat(parts), whole: false};
    at = rest.indexOf('\n', to) + 1;
    if (at === 0) return {body: Buffer.concat(parts), whole: false};
  }
}
