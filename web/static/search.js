// Search: suggestions while typing, steps from hit to hit on the paper, its text to be selected and copied.
// Everything else works without this file.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  const waiting = document.querySelector("[data-reload]");
  if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload));

  suggest($("q"), $("suggestions"));
  if (window.sohoaPaper) {
    hits(window.sohoaPaper);
    if ("text" in $("sheet").dataset) copyLayer(); // never on the review desk: values are keyed blind there
  }

  function suggest(input, list) {
    if (!input || !list) return;
    let timer = 0, asked = 0, at = -1;
    const options = () => Array.from(list.children);
    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      at = -1;
    }
    function choose(option) {
      input.value = option.dataset.text;
      close();
      input.focus();
      ask();
    }
    function mark(to) {
      const there = options();
      if (!there.length) return;
      at = (to + there.length) % there.length;
      there.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", there[at].id);
    }
    async function ask() {
      const mine = ++asked;
      const answer = await fetch(`/api/search/complete?q=${encodeURIComponent(input.value)}`);
      if (!answer.ok || mine !== asked) return;
      const { suggestions } = await answer.json();
      list.replaceChildren(...suggestions.map((one, i) => {
        const option = document.createElement("li");
        option.id = `suggestion-${i}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.text = one.text;
        const label = document.createElement("span"), hint = document.createElement("span");
        label.textContent = one.label;
        hint.textContent = one.hint;
        hint.className = "muted";
        option.append(label, " ", hint);
        option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
        return option;
      }));
      at = -1;
      if (suggestions.length && document.activeElement === input) {
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
      } else close();
    }
    input.addEventListener("input", () => {
      clearTimeout(timer);
      if (!input.value.trim()) { asked += 1; close(); return; }
      timer = setTimeout(ask, 120);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden || composing(event)) return;
      if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
      else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) choose(options()[at]);
      else if (event.key === "Escape") { asked += 1; close(); event.stopPropagation(); }
      else return;
      event.preventDefault();
    });
  }

  function hits(paper) {
    const rects = all("rect.hit");
    if (!rects.length) return;
    const count = Number($("hit-label").dataset.count);
    let at = -1;
    function go(to) {
      at = (to + count) % count;
      for (const rect of rects) rect.classList.toggle("now", Number(rect.dataset.hit) === at);
      const mine = rects.filter((rect) => Number(rect.dataset.hit) === at);
      if (!mine.length) return;
      const n = (rect, name) => Number(rect.getAttribute(name));
      const page = Number(mine[0].dataset.page);
      paper.point(page, [
        Math.min(...mine.map((r) => n(r, "x"))), Math.min(...mine.map((r) => n(r, "y"))),
        Math.max(...mine.map((r) => n(r, "x") + n(r, "width"))), Math.max(...mine.map((r) => n(r, "y") + n(r, "height"))),
      ]);
      $("hit-label").textContent = `Chỗ khớp ${at + 1} / ${count}`;
    }
    function first() {
      const page = Number($("sheet").dataset.page);
      const here = rects.find((rect) => Number(rect.dataset.page) === page);
      return here ? Number(here.dataset.hit) : 0;
    }
    $("next-hit").addEventListener("click", () => go(at < 0 ? first() : at + 1));
    $("prev-hit").addEventListener("click", () => go(at < 0 ? count - 1 : at - 1));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.activeElement && document.activeElement.matches("input, select, textarea")) return;
      if (event.key === "h") go(at < 0 ? first() : at + 1);
      else if (event.key === "H") go(at < 0 ? count - 1 : at - 1);
    });
  }

  // The words of the page over its picture, unseen: they can be selected and copied.
  function copyLayer() {
    const sheet = $("sheet"), image = $("paper");
    const layer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    layer.id = "words";
    layer.setAttribute("preserveAspectRatio", "none");
    layer.setAttribute("aria-hidden", "true");
    sheet.insertBefore(layer, $("overlay"));
    let shown = 0;
    async function draw() {
      const page = Number((image.getAttribute("src").match(/pages\/(\d+)\.png/) || [])[1]);
      if (!page || page === shown) return;
      shown = page;
      const answer = await fetch(`/api${sheet.dataset.base}${page}/text`);
      if (!answer.ok || shown !== page) return;
      const { width, height, lines } = await answer.json();
      layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
      layer.replaceChildren(...lines.map(({ text, bbox: [x0, y0, x1, y1] }) => {
        const line = document.createElementNS("http://www.w3.org/2000/svg", "text");
        const size = (y1 - y0) * height;
        line.setAttribute("x", x0 * width);
        line.setAttribute("y", y0 * height + size * 0.8);
        line.setAttribute("font-size", Math.max(1, size * 0.85));
        line.setAttribute("textLength", Math.max(1, (x1 - x0) * width));
        line.setAttribute("lengthAdjust", "spacingAndGlyphs");
        line.textContent = `${text}\n`;
        return line;
      }));
      layer.dataset.page = String(page);
    }
    new MutationObserver(draw).observe(image, { attributes: true, attributeFilter: ["src"] });
    draw();
  }
})();
