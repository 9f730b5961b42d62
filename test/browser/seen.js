// What the tests ask a page: these run in the browser, each by itself, so that none may call another.

/** @param {string} selector */
export function isFocused(selector) {
  return document.activeElement?.matches(selector) === true;
}

export function isOpened(element) {
  return element.open;
}

export function distanceScrolled(element) {
  return element.scrollLeft;
}

export function colourOf(element) {
  return getComputedStyle(element).color;
}

export function cellsWithoutText(cells) {
  return cells.filter(cell => cell.textContent.trim() === '' || !cell.checkVisibility()).length;
}

export function unfold() {
  for (const each of document.querySelectorAll('details')) each.open = true;
}

/** What makes the page wider than the window: nothing may, but what is in a box that scrolls. */
export function overflowing() {
  const {scrollWidth, clientWidth} = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const over = [...document.querySelectorAll('body *')].filter(each => each.closest('.wide') === null && each.getBoundingClientRect().right > clientWidth + 1);
  return [`${scrollWidth} > ${clientWidth}`, ...over.slice(0, 5).map(each => `${each.tagName}.${each.getAttribute('class')} ${each.textContent.slice(0, 40)}`)];
}

/** Text that stands out too little from what is behind it (WCAG 2: 4.5 to 1). */
export function faint() {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgba = colour => {
    const before = known.get(colour);
    if (before !== undefined) return before;
    if (colour === 'none') return [0, 0, 0, 0];
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const value = [...context.getImageData(0, 0, 1, 1).data].map(part => part / 255);
    known.set(colour, value);
    return value;
  };
  const light = parts => parts.slice(0, 3).map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  // A gradient counts by each of its colours; a drawing's text by the frame that is drawn before it.
  const behind = element => {
    const frame = element instanceof SVGTextElement ? element.parentElement?.querySelector(':scope > rect') : null;
    if (frame !== null && frame !== undefined && rgba(getComputedStyle(frame).fill)[3] === 1) return [rgba(getComputedStyle(frame).fill)];
    for (let each = element; each !== null; each = each.parentElement) {
      const {backgroundColor, backgroundImage} = getComputedStyle(each);
      const stops = backgroundImage.match(/rgba?\([^)]*\)/g);
      if (stops !== null) return stops.map(rgba);
      if (rgba(backgroundColor)[3] === 1) return [rgba(backgroundColor)];
    }
    return [[1, 1, 1, 1]];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (walker.nextNode() !== null) {
    const element = walker.currentNode.parentElement;
    if (element === null || walker.currentNode.textContent?.trim() === '' || element.closest('.unseen, title') !== null || !element.checkVisibility({contentVisibilityAuto: true})) continue;
    const style = getComputedStyle(element);
    const ink = light(rgba(element instanceof SVGTextElement ? style.fill : style.color));
    for (const back of behind(element)) {
      const [dark, bright] = [ink, light(back)].sort((a, b) => a - b);
      const ratio = (bright + 0.05) / (dark + 0.05);
      if (ratio < 4.5) found.add(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute('class')} in ${element.parentElement?.getAttribute('class')}: ${walker.currentNode.textContent?.trim().slice(0, 30)}`);
    }
  }
  return [...found].slice(0, 20);
}
