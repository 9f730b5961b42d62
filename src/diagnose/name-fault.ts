import type {NameFault} from '../model/resolver/name.ts';

/** Why a name cannot be asked for, in a sentence. */
export function nameFaultText(text: string, fault: NameFault): string {
  switch (fault.fault) {
    case 'empty': return 'the name is empty';
    case 'too-long': return `“${short(text)}” has ${fault.octets} octets in a question with the lengths of its labels; 255 are the most (RFC 1035)`;
    case 'label-too-long': return `“${short(fault.label)}” has ${fault.octets} octets; between two dots 63 are the most (RFC 1035)`;
    case 'empty-label': return `“${short(text)}” has nothing before, or between, some of its dots`;
    case 'not-ascii': return `“${short(text)}” is not ASCII${fault.ascii === null ? ', and has no form that DNS knows' : `: DNS knows it as ${fault.ascii} (IDNA)`}`;
    case 'bad-escape': return `“${short(fault.escape)}” in “${short(text)}” is no escape: write \\. or \\DDD with a number up to 255 (RFC 1035)`;
    case 'control-or-blank': return `“${short(text)}” has a blank or a control character in it`;
  }
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 60)}…`;
}
