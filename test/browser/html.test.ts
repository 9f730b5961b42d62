import assert from 'node:assert/strict';
import {statSync} from 'node:fs';
import {after, test} from 'node:test';
import type {Report} from '../../src/diagnose/report.ts';
import {renderHtml} from '../../src/report/html.ts';
import {checkReport, clusterReport, demoReport, hostileReport, largeReport} from '../unit/report/page-reports.ts';
import {unknownReport} from '../unit/report/reports.ts';
import {type Look, Pages} from './pages.ts';
import {cellsWithoutText, colourOf, distanceScrolled, faint, isFocused, isOpened, overflowing, unfold} from './seen.js';

const pages = new Pages();
after(() => pages.close());

const reports: Readonly<Record<string, Report>> = {
  healthy: await demoReport('healthy', 'hostnames', 'default'), broken: await clusterReport(), check: await checkReport(), unknown: unknownReport, large: largeReport(60, 200), hostile: await hostileReport(),
};
const looks: Readonly<Record<string, Look>> = {light: {}, dark: {dark: true}, narrow: {width: 400}, 'narrow and dark': {width: 400, dark: true}};

for (const [name, report] of Object.entries(reports)) {
  for (const [manner, look] of Object.entries(looks)) {
    if (manner === 'narrow and dark' && name !== 'broken') continue;
    test(`${name}, ${manner}: asks for nothing, complains of nothing, fits, and can be read`, async () => {
      const {page, requests, complaints, url} = await pages.open(renderHtml(report), look);
      assert.deepEqual(requests, [url]);
      assert.deepEqual(complaints, []);
      assert.ok(await page.locator('h1').isVisible() && await page.locator('.badge').isVisible());
      assert.deepEqual(await page.evaluate(overflowing), [], 'folded');
      assert.deepEqual(await page.evaluate(faint), [], 'folded');
      await page.evaluate(unfold);
      assert.deepEqual(await page.evaluate(overflowing), [], 'unfolded');
      assert.deepEqual(await page.evaluate(faint), [], 'unfolded');
      assert.equal(await page.locator(`svg.${look.width === 400 ? 'tall' : 'wide'}-path`).isVisible(), report.checks.length > 0);
      assert.equal(await page.locator(`svg.${look.width === 400 ? 'wide' : 'tall'}-path`).isVisible(), false);
    });
  }
}

test('what a hostile name tries does not happen where scripts would run either', async () => {
  const {page, requests, complaints, url} = await pages.open(renderHtml(reports['hostile']!), {scripts: true});
  assert.deepEqual(requests, [url]);
  assert.deepEqual(complaints, []);
  assert.ok(await page.locator('h1').isVisible());
});

test('by keyboard alone: everything folded opens and closes, and what is wide is scrolled', async () => {
  const {page} = await pages.open(renderHtml(reports['broken']!), {width: 400});
  const first = page.locator('.cause details').first();
  for (let tabs = 0; tabs < 60 && !await page.evaluate(isFocused, '.cause details > summary'); tabs += 1) await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(isFocused, '.cause details > summary'), 'Tab leads to it');
  const isOpen = (): Promise<boolean> => first.evaluate(isOpened);
  assert.equal(await isOpen(), false);
  await page.keyboard.press('Enter');
  assert.equal(await isOpen(), true);
  assert.ok(await first.locator('pre').first().isVisible());
  await page.keyboard.press('Space');
  assert.equal(await isOpen(), false);
  const map = page.locator('#reach .wide');
  await map.focus();
  await page.keyboard.press('ArrowRight');
  const deadline = Date.now() + 60_000;
  while (await map.evaluate(distanceScrolled) === 0 && Date.now() < deadline) await new Promise(resolve => { setTimeout(resolve, 50); });
  assert.ok(await map.evaluate(distanceScrolled) > 0);
});

test('as a screen reader is told it: headings, tables, drawings, and figures beside all shades', async () => {
  const {page} = await pages.open(renderHtml(reports['broken']!));
  const tree = await page.locator('body').ariaSnapshot();
  for (const line of [/heading "Two things break 3 of 7 Services: .*" \[level=1\]/, /heading "Root causes and warnings" \[level=2\]/, /heading "Root cause 1 cni-on-wrong-interface likely" \[level=3\]/, /region "Reach: share of new connections that succeed"/, /rowheader "shop\/cart:80\/TCP"/, /columnheader "node1"/, /cell "66\.7 %"/, /cell "could not tell"/, /img "The way of a packet: broken at “Pod network”, by cni-on-wrong-interface\."/]) assert.match(tree, line);
  assert.equal(tree.match(/img "The way of a packet/g)?.length, 1, 'one drawing of two is there');
  assert.deepEqual(await page.locator('#reach td, #pairs td').evaluateAll(cellsWithoutText), 0);
  assert.equal(await page.locator('#reach td').count(), 54);
});

test('on paper: light, nothing but what fits, evidence unfolded', async () => {
  const {page} = await pages.open(renderHtml(reports['broken']!), {dark: true, width: 794});
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  assert.deepEqual(await page.evaluate(overflowing), []);
  assert.deepEqual(await page.evaluate(faint), []);
  assert.equal(await page.locator('h1').evaluate(colourOf), 'rgb(27, 33, 38)');
  assert.ok(await page.locator('.cause .evidence pre').first().isVisible());
});

const pictures = new URL('../../docs/pictures/', import.meta.url).pathname;

/** The README's, written anew with UPDATE=1; read them before they are committed. */
for (const [name, look, height] of [['report-light', {}, 1480], ['report-dark', {dark: true}, 1480], ['report-narrow', {width: 400}, 1390]] as const) {
  test(`docs/pictures/${name}.png`, async () => {
    const {page} = await pages.open(renderHtml(reports['check']!), look);
    if (process.env['UPDATE'] === '1') await page.screenshot({path: `${pictures}${name}.png`, fullPage: true, clip: {x: 0, y: 0, width: 'width' in look ? look.width : 1200, height}});
    assert.ok(statSync(`${pictures}${name}.png`).size < 250_000);
  });
}
