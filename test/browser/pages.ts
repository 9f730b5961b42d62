import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {type Browser, chromium, type Page} from 'playwright-core';

const executable = '/usr/bin/chromium';
/** For a slow machine, in ms. */
const patience = 120_000;

export interface Look {
  readonly dark?: true;
  readonly width?: number;
  /** Scripts of the page run, so that what should not be there would show. */
  readonly scripts?: true;
}

export interface Opened {
  readonly page: Page;
  /** Everything that the browser asked for, and everything that it complained of. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  readonly url: string;
}

/** Opens pages in Debian's own Chromium, each in a profile of its own that is empty, without a network that it could need. */
export class Pages {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kdiag-pages-'));
  #browser: Browser | null = null;
  #count = 0;

  async open(html: string, {dark, width = 1200, scripts}: Look = {}): Promise<Opened> {
    this.#browser ??= await start();
    this.#count += 1;
    const file = join(this.#folder, `report-${this.#count}.html`);
    writeFileSync(file, html);
    const context = await this.#browser.newContext({javaScriptEnabled: scripts === true, colorScheme: dark === true ? 'dark' : 'light', viewport: {width, height: 900}});
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const [requests, complaints]: [string[], string[]] = [[], []];
    page.on('request', request => requests.push(request.url()));
    page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('dialog', dialog => { complaints.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
    const url = pathToFileURL(file).href;
    await page.goto(url);
    return {page, requests, complaints, url};
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, {recursive: true, force: true});
  }
}

function start(): Promise<Browser> {
  if (!existsSync(executable)) throw new Error(`there is no ${executable}: apt-get install -y chromium`);
  return chromium.launch({
    executablePath: executable, headless: true, timeout: patience,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
