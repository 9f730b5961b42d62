import {readFileSync} from 'node:fs';
import {Ajv2020} from 'ajv/dist/2020.js';
import {parse} from 'yaml';

const schema: object = JSON.parse(readFileSync(new URL('../../../src/accept/suppressions.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false}).compile(schema);

/** What an editor that goes by the shipped schema complains of in a `.kdiag.yaml`; empty: nothing. */
export function complaintsAboutSuppressions(yaml: string): string[] {
  return validate(parse(yaml, {schema: 'core', logLevel: 'error'})) ? [] : (validate.errors ?? []).map(({instancePath, message}) => `${instancePath || '/'} ${message}`);
}
