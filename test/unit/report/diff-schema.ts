import {readFileSync} from 'node:fs';
import {Ajv2020} from 'ajv/dist/2020.js';

const schema: object = JSON.parse(readFileSync(new URL('../../../src/report/diff.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false}).compile(schema);

/** What in the JSON of kdiag diff is against the shipped schema, a line each; empty: nothing. */
export function complaintsAboutDiff(diff: unknown): string[] {
  return validate(JSON.parse(JSON.stringify(diff))) === true ? [] : (validate.errors ?? []).map(({instancePath, message, params}) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}
