import fs from 'node:fs';
import { base64 } from '@scure/base';
import { chromium, type Browser } from 'playwright-core';
import { canonicalBytes } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle } from '#lib/verification';
import { findChromium, JUDGE, makeBrowserFile } from '../support/browser-file.js';
import { journey, magnetBundle, trustOf } from '../support/evidence.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PAGE = 'https://buyer.example/';
const HTML = '<!doctype html><title>Verify</title><script src="/lodestone-verifier.js"></script>';
/** Only the one script may run, and no text may become code. */
const POLICY = "default-src 'none'; script-src 'self'";

const executablePath = findChromium();

describe('the verifier in a real browser', () => {
  if (executablePath === undefined) {
    it('DID NOT RUN: there is no Chromium here; set CHROMIUM_PATH, or LODESTONE_REQUIRE_BROWSER=1 to insist', () => {
      expect(process.env.LODESTONE_REQUIRE_BROWSER).not.toBe('1');
    });
    return;
  }

  const made = makeBrowserFile();
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    made.remove();
  });

  /** A page that has the file and no network: whatever else it asks for is refused and noted. */
  async function openPage() {
    const page = await browser.newPage();
    const asked: string[] = [];
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      asked.push(pathname);
      if (pathname === '/')
        return route.fulfill({
          body: HTML,
          contentType: 'text/html',
          headers: { 'Content-Security-Policy': POLICY },
        });
      if (pathname === '/lodestone-verifier.js')
        return route.fulfill({
          body: fs.readFileSync(made.file, 'utf8'),
          contentType: 'text/javascript',
        });
      return route.abort();
    });
    await page.goto(PAGE);
    return { page, asked };
  }

  it('reaches the server’s verdict, with no network and under a policy that forbids eval', async () => {
    const evidence = await journey();
    const bundle = await magnetBundle(evidence);
    const trust = trustOf(evidence);
    const { page, asked } = await openPage();
    const texts = [bundle, canonicalBytes(trust)].map((bytes) => base64.encode(bytes));
    const call = `${JUDGE}(${[...texts, evidence.us.now].map((text) => JSON.stringify(text)).join()})`;
    const { report } = JSON.parse(await page.evaluate<string>(call)) as { report: unknown };
    const expected = await inspectBundle(nodeCrypto, bundle, trust, { at: evidence.us.now });
    expect(report).toEqual(expected);
    expect(expected.accepted).toBe(true);
    expect(asked.filter((path) => path !== '/favicon.ico')).toEqual([
      '/',
      '/lodestone-verifier.js',
    ]);
  }, 60_000);
});
