import {readFileSync} from 'node:fs';
import {Ajv2020} from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** The schema of SARIF 2.1.0, as Microsoft's SARIF Multitool (npm package @microsoft/sarif-multitool-linux, MIT) has it. */
const schema: object = JSON.parse(readFileSync(new URL('../../fixtures/sarif/sarif-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({allErrors: true, strict: false});
formats.default(ajv);
const validate = ajv.compile(schema);

/** What in a SARIF log is against the schema, a line each. */
export function complaintsAboutSarif(log: unknown): string[] {
  return validate(log) ? [] : (validate.errors ?? []).map(({instancePath, message, params}) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}
