import {readFileSync} from 'node:fs';
import {Ajv2020} from 'ajv/dist/2020.js';

const schema: object = JSON.parse(readFileSync(new URL('../../../src/report/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false}).compile(schema);

/** What in a JSON report is against the shipped schema, a line each; empty: nothing. */
export function complaintsAbout(report: unknown): string[] {
  // As another program gets it: through JSON, in which an undefined property is none.
  return validate(JSON.parse(JSON.stringify(report))) ? [] : (validate.errors ?? []).map(({instancePath, message, params}) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}
