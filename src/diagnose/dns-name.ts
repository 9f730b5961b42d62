import {type NameFault, readName} from '../model/resolver/name.ts';

/** Why a name cannot be looked up, a sentence; null: it can. */
export function nameFault(text: string): string | null {
  const name = readName(text);
  return 'fault' in name ? `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}” cannot be looked up: ${faultText(name)}` : null;
}

function faultText(fault: NameFault): string {
  switch (fault.fault) {
    case 'empty': return 'it is empty';
    case 'too-long': return `it has ${fault.octets} octets, and a name has at most 255 (RFC 1035)`;
    case 'label-too-long': return `the label “${fault.label.slice(0, 20)}…” has ${fault.octets} octets, and a label has at most 63 (RFC 1035)`;
    case 'empty-label': return 'nothing stands before, or between, some of its dots';
    case 'not-ascii': return fault.ascii === null ? 'it is not ASCII, and has no form that DNS knows' : `it is not ASCII; DNS knows it as ${fault.ascii} (IDNA)`;
    case 'bad-escape': return `“${fault.escape}” is no escape: write \\. or \\DDD`;
    case 'control-or-blank': return 'it holds a blank or a control character';
  }
}
