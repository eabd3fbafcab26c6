// What an accessibility checker looks at first; returns sentences, empty when all is well.
() => {
  const problems = [];
  const all = (s) => Array.from(document.querySelectorAll(s));
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => (e.getAttribute("aria-label") || (e.labels && [...e.labels].map((l) => l.textContent).join(" "))
    || [...e.querySelectorAll("img")].map((i) => i.alt).join(" ") + " " + e.textContent).trim();
  if (document.documentElement.lang !== "vi") problems.push("lang");
  if (!document.title.trim()) problems.push("title");
  if (all("h1").length !== 1) problems.push(`h1: ${all("h1").length}`);
  if (all("main").length !== 1) problems.push("main");
  let last = 0;
  for (const h of all("h1,h2,h3,h4")) {
    const level = Number(h.tagName[1]);
    if (level > last + 1) problems.push(`heading jumps to ${h.tagName}: ${h.textContent.trim()}`);
    last = level;
  }
  for (const e of all("a[href],button,select,input:not([type=hidden])"))
    if (!name(e)) problems.push(`no name: ${e.outerHTML.slice(0, 80)}`);
  for (const e of all("img")) if (!e.hasAttribute("alt")) problems.push(`no alt: ${e.src}`);
  const ids = all("[id]").map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`id twice: ${id}`);
  for (const e of all("[aria-describedby],[aria-labelledby]"))
    for (const id of (e.getAttribute("aria-describedby") || e.getAttribute("aria-labelledby")).split(" "))
      if (!document.getElementById(id)) problems.push(`points nowhere: ${id}`);
  if (document.documentElement.scrollWidth > innerWidth) problems.push(`wider than the screen: ${document.documentElement.scrollWidth}`);

  const numbers = (c) => c.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const c = numbers(getComputedStyle(at).backgroundColor);
      if (c.length < 4 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const seen = new Set();
  for (const e of all("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !visible(e) || e.closest("[aria-disabled],.off,.hidden,.skip,svg")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(numbers(style.color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const key = `${e.tagName}.${e.className}`;
    if (ratio < 4.5 && !seen.has(key)) {
      seen.add(key);
      problems.push(`contrast ${ratio.toFixed(1)}: ${key} "${e.textContent.trim().slice(0, 30)}"`);
    }
  }
  return problems;
}
