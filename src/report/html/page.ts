import {html, type Markup, nothing} from './markup.ts';
import {css} from './style.ts';

/** The whole document. Nothing in it loads anything or runs: the policy says so to the browser as well. */
export function page(title: string, body: Markup): Markup {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${css}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

export function section(id: string, title: string, content: Markup, count = ''): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}${count === '' ? nothing : html` <span class="count">${count}</span>`}</h2>
${content}
</section>`;
}

/** What may be wider than the page scrolls by itself, with the keyboard too. */
export function wideBox(label: string, content: Markup): Markup {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
