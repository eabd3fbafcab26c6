// Keyboard and paper. Everything works without this file, only less comfortably.
"use strict";
// Keys of an input method are its own; Safari ends the composition before it sends the last of them. For every page.
const composing = (event) => event.isComposing || event.keyCode === 229;
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  document.documentElement.classList.add("js");

  // Filters: a choice by mouse counts at once. By keys a list is walked through, so it counts when Enter says so; what
  // was chosen last has the focus again afterwards.
  const kept = "sohoa-filter";
  for (const form of all("form[data-submit-on-change]")) {
    const note = form.querySelector("[data-filter-note]");
    let byKey = false;
    const send = () => {
      if (form.contains(document.activeElement)) sessionStorage.setItem(kept, `${location.pathname} ${document.activeElement.id}`);
      form.requestSubmit();
    };
    form.addEventListener("pointerdown", () => { byKey = false; });
    form.addEventListener("keydown", (event) => {
      byKey = true;
      if (event.key !== "Enter" || !event.target.matches("select, input[type=checkbox]")) return;
      event.preventDefault();
      send();
    });
    form.addEventListener("change", () => {
      if (!byKey) { send(); return; }
      if (note) note.textContent = "Bấm ↵ để lọc.";
    });
  }
  const [path, id] = (sessionStorage.getItem(kept) || "").split(" ");
  sessionStorage.removeItem(kept);
  if (id && path === location.pathname && $(id)) $(id).focus();

  if (window.matchMedia("(max-width: 60rem)").matches)
    for (const part of all("[data-close-on-phone]")) part.open = false;

  const paper = $("sheet") ? openPaper() : null;
  window.sohoaPaper = paper; // the review desk (desk.js) moves the same paper
  const stops = () => all(paper ? ".field button.field-main, button.cite" : ".row-title");

  function step(by) {
    const list = stops();
    if (!list.length) return;
    const at = list.indexOf(document.activeElement);
    list[Math.min(list.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))].focus();
  }
  function nextUnsure() {
    const list = all(".field.review button.field-main");
    const at = list.indexOf(document.activeElement);
    if (list.length) list[(at + 1) % list.length].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || composing(event)) return;
    const at = document.activeElement;
    const typing = at && at.matches("input, select, textarea");
    if (event.key === "Escape") {
      if (typing && !at.closest("#desk-form, dialog")) at.blur(); // who keys stays in the field
      if (paper) paper.clear();
      return;
    }
    if (typing) return;
    const scrolling = at && at.id === "view";
    const keys = {
      "/": () => { $("q").focus(); $("q").select(); },
      j: () => step(1), k: () => step(-1), u: nextUnsure,
      ArrowDown: scrolling ? null : () => step(1), ArrowUp: scrolling ? null : () => step(-1),
      n: paper && (() => paper.turn(1)), p: paper && (() => paper.turn(-1)),
      "+": paper && (() => paper.zoom(1.25)), "=": paper && (() => paper.zoom(1.25)),
      "-": paper && (() => paper.zoom(0.8)), 0: paper && (() => paper.fit()),
    };
    const action = keys[event.key];
    // Arrows belong to the page until a field has been entered.
    if (!action || (event.key.startsWith("Arrow") && !stops().includes(at))) return;
    event.preventDefault();
    action();
  });

  function openPaper() {
    const sheet = $("sheet"), view = $("view"), image = $("paper"), spot = $("spot");
    const { base, query } = sheet.dataset;
    const pages = Number(sheet.dataset.pages);
    const widths = sheet.dataset.widths.split(",").map(Number);
    const sizes = sheet.dataset.sizes ? sheet.dataset.sizes.split(",").map((s) => s.split("x").map(Number)) : [];
    const boxes = all("#overlay rect[data-for]");
    let page = Number(sheet.dataset.page), scale = 1;

    function load() {
      const wide = sheet.clientWidth * Math.min(window.devicePixelRatio || 1, 2) > widths[1] * 1.1;
      const source = `${base}${page}.png?w=${widths[wide ? 2 : 1]}${query}`;
      if (image.getAttribute("src") === source) return;
      if (wide && image.src.includes(`/${page}.png`)) { // keep the coarse picture until the fine one is here
        const fine = new Image();
        const wanted = page;
        fine.onload = () => { if (page === wanted) image.src = source; };
        fine.src = source;
      } else image.src = source;
    }
    function setScale(wanted) {
      scale = Math.min(4, Math.max(0.5, wanted));
      sheet.style.width = `${scale * 100}%`;
      $("zoom-label").textContent = `${Math.round(scale * 100)}%`;
      load();
    }
    function zoom(by) {
      const x = (view.scrollLeft + view.clientWidth / 2) / sheet.clientWidth;
      const y = (view.scrollTop + view.clientHeight / 2) / sheet.clientHeight;
      setScale(scale * by);
      view.scrollTo({
        left: x * sheet.clientWidth - view.clientWidth / 2, top: y * sheet.clientHeight - view.clientHeight / 2,
        behavior: "instant",
      });
    }
    function fit() { setScale(1); view.scrollTo({ left: 0, top: 0, behavior: "instant" }); }
    function show(number) {
      if (number === page || number < 1 || number > pages) return;
      page = number;
      const [w, h] = sizes[page - 1] || [595, 842];
      image.width = w; image.height = h;
      image.alt = image.alt.replace(/^Ảnh trang \d+/, `Ảnh trang ${page}`);
      load();
      for (const box of boxes) box.setAttribute("visibility", Number(box.dataset.page) === page ? "visible" : "hidden");
      spot.setAttribute("visibility", "hidden");
      $("page-label").textContent = `Trang ${page} / ${pages}`;
      $("prev-page").toggleAttribute("aria-disabled", page <= 1);
      $("next-page").toggleAttribute("aria-disabled", page >= pages);
      for (const thumb of all("[data-goto]")) {
        if (Number(thumb.dataset.goto) === page) {
          thumb.setAttribute("aria-current", "true");
          thumb.scrollIntoView({ block: "nearest", inline: "nearest" });
        } else thumb.removeAttribute("aria-current");
      }
      for (const tab of all("[data-tab]")) {
        const url = new URL(tab.href);
        url.searchParams.set("page", String(page));
        tab.href = url.pathname + url.search + url.hash;
      }
    }
    function turn(by) { clear(); show(page + by); view.scrollTo({ top: 0, behavior: "instant" }); }
    function clear() {
      for (const on of all(".on")) on.classList.remove("on");
      spot.setAttribute("visibility", "hidden");
    }
    // Bring a place to the middle of the view; zoom in when a line would be too small to read.
    function reveal([x0, y0, x1, y1]) {
      const line = 0.0155 * (view.clientWidth - 24) * (sheet.clientHeight / sheet.clientWidth);
      const wanted = line < 13.5 ? Math.max(1, Math.min(2.5, 0.94 / Math.max(0.05, x1 - x0), 17 / line)) : 1;
      if (wanted > scale * 1.02) setScale(wanted);
      const left = ((x0 + x1) / 2) * sheet.clientWidth - view.clientWidth / 2;
      const top = ((y0 + y1) / 2) * sheet.clientHeight - view.clientHeight / 2;
      view.scrollTo({ left, top });
    }
    function point(number, box) {
      show(number);
      const pad = 0.003;
      spot.setAttribute("x", box[0] - pad); spot.setAttribute("y", box[1] - pad);
      spot.setAttribute("width", box[2] - box[0] + 2 * pad); spot.setAttribute("height", box[3] - box[1] + 2 * pad);
      spot.setAttribute("visibility", "visible");
      reveal(box);
    }
    function enter(button) {
      clear();
      const field = button.closest(".field");
      if (field) {
        field.classList.add("on");
        field.scrollIntoView({ block: "nearest" });
      }
      if (!button.dataset.box) return;
      const box = button.dataset.box.split(" ").map(Number);
      show(Number(button.dataset.page));
      const rect = field && boxes.find((r) => r.dataset.for === field.dataset.name);
      if (rect) { rect.classList.add("on"); rect.parentNode.insertBefore(rect, spot); }
      reveal(box);
    }

    for (const button of all("#fields button.field-main")) {
      button.addEventListener("focus", () => enter(button));
      button.addEventListener("click", () => enter(button));
    }
    for (const rect of boxes)
      rect.addEventListener("click", () => { const b = $(`field-${rect.dataset.for}`); if (b) b.focus(); });
    for (const line of all(".line"))
      line.addEventListener("click", () => {
        clear();
        line.classList.add("on");
        point(Number(line.dataset.page), line.dataset.box.split(" ").map(Number));
      });
    for (const cite of all("button.cite"))
      cite.addEventListener("click", () => {
        clear();
        if (cite.dataset.box) point(Number(cite.dataset.page), cite.dataset.box.split(" ").map(Number));
        else show(Number(cite.dataset.page));
      });
    for (const thumb of all("[data-goto]"))
      thumb.addEventListener("click", (event) => { event.preventDefault(); clear(); show(Number(thumb.dataset.goto)); });
    $("prev-page").addEventListener("click", (event) => { event.preventDefault(); turn(-1); });
    $("next-page").addEventListener("click", (event) => { event.preventDefault(); turn(1); });
    $("zoom-in").addEventListener("click", () => zoom(1.25));
    $("zoom-out").addEventListener("click", () => zoom(0.8));
    $("zoom-fit").addEventListener("click", fit);
    load();
    return { turn, zoom, fit, clear, show, point, page: () => page };
  }
})();
