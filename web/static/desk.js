// The review desk: everything by keyboard. The form works without this file, only slower.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const desk = $("desk");
  if (!desk) return;
  const paper = window.sohoaPaper, form = $("desk-form"), note = $("desk-note");
  const { record, token, lease, query } = desk.dataset;
  let { csrf } = desk.dataset;
  const api = `/api/desk/${record}`;
  let leaving = false, away = false, beat = 0, ahead = 0, current = null; // away: logged out; current: entered last
  const gone = new AbortController(); // once the answers are on their way, nothing else is asked of the server

  function call(path, body) {
    return fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(body), signal: gone.signal,
    }).then((answer) => answer.json().then((data) => ({ status: answer.status, data })));
  }
  function say(text) { if (note) note.textContent = text; }

  // Inputs of what is asked, in their order.
  const asks = all(".asks .ask");
  const inputs = () => all(".ask input:not([type=checkbox]), .ask textarea, .ask.page input", form)
    .filter((one) => !one.closest("[hidden]"));
  const askOf = (element) => element && element.closest(".ask");

  function enter(ask) {
    for (const on of all(".ask.on")) on.classList.remove("on");
    ask.classList.add("on");
    current = ask;
    ask.scrollIntoView({ block: "nearest" });
    if (!paper) return;
    for (const on of all("#overlay rect.on")) on.classList.remove("on");
    if (ask.dataset.box) {
      paper.point(Number(ask.dataset.page), ask.dataset.box.split(" ").map(Number));
      const rect = document.querySelector(`#overlay rect[data-for="${CSS.escape(ask.dataset.item)}"]`);
      if (rect) rect.classList.add("on");
    } else if (ask.dataset.page) paper.show(Number(ask.dataset.page));
  }
  document.addEventListener("focusin", (event) => {
    const ask = askOf(event.target);
    if (ask) enter(ask);
  });
  function step(from, by) {
    const list = inputs();
    const next = list[list.indexOf(from) + by];
    if (next) { next.focus(); if (next.select) next.select(); } else if (by > 0) $("submit").focus();
  }

  // Nothing left unanswered goes out; what the server says of a value comes back with the page.
  function unanswered() {
    return asks.find((ask) => {
      const box = ask.querySelector(".none input");
      if (ask.dataset.mode === "page") return !ask.querySelector("input").checked;
      const input = ask.querySelector("input:not([type=checkbox]), textarea");
      return !(box && box.checked) && !input.value.trim();
    });
  }
  form.addEventListener("submit", (event) => {
    const open = unanswered();
    if (open) {
      event.preventDefault();
      open.querySelector("input, textarea").focus();
      say("Còn mục chưa trả lời.");
      return;
    }
    if (leaving || away) { event.preventDefault(); return; }
    leaving = true;
    clearInterval(beat);
    clearInterval(ahead);
    gone.abort();
    $("submit").setAttribute("aria-disabled", "true");
    say("Đang gửi…");
  });

  function fill(ask, text) {
    const input = ask.querySelector("input:not([type=checkbox]), textarea");
    input.value = text;
    const none = ask.querySelector(".none input");
    if (none) none.checked = false;
    input.focus();
  }
  form.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-fill]");
    if (choice) fill(askOf(choice), choice.dataset.fill);
    const edit = event.target.closest("[data-edit]");
    if (edit) openEditor(edit);
  });
  form.addEventListener("input", (event) => {
    const none = askOf(event.target) && askOf(event.target).querySelector(".none input");
    if (none && event.target.type !== "checkbox" && event.target.value.trim()) none.checked = false;
  });

  // A field nobody asked about is opened for correction in its row.
  function openEditor(button) {
    const row = button.closest(".field");
    const name = button.dataset.edit;
    const input = document.createElement("area" in button.dataset ? "textarea" : "input");
    input.name = `v:${name}`;
    input.id = `i-${name}`;
    input.value = button.dataset.text;
    input.setAttribute("aria-label", button.dataset.label);
    input.setAttribute("autocomplete", "off");
    row.classList.add("editing");
    row.dataset.item = name;
    row.append(input);
    if ("picker" in button.dataset) {
      const list = document.createElement("ul");
      list.className = "picks";
      list.id = `list-${name}`;
      list.hidden = true;
      list.setAttribute("role", "listbox");
      row.append(list);
      addPicker(input, list, name);
    }
    button.remove();
    input.focus();
  }

  // Reference data: typed without accents, chosen with arrows.
  function addPicker(input, list, item) {
    let timer = 0, asked = "", at = -1;
    const options = () => all("[role=option]", list);
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const mark = (to) => {
      const found = options();
      if (!found.length) return;
      at = (to + found.length) % found.length;
      found.forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", found[at].id);
      found[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => { input.value = option.dataset.text; close(); };
    async function look() {
      const text = input.value.trim();
      asked = text;
      if (text.length < 2) { close(); return; }
      const answer = await fetch(`/api/desk/pick?item=${encodeURIComponent(item)}&q=${encodeURIComponent(text)}`);
      if (!answer.ok || asked !== text || document.activeElement !== input) return;
      const { picks } = await answer.json();
      list.replaceChildren(...picks.map((pick, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.dataset.text = pick.text;
        const strong = document.createElement("span");
        strong.textContent = pick.text;
        option.append(strong);
        if (pick.note) {
          const small = document.createElement("span");
          small.className = "muted small";
          small.textContent = ` ${pick.note}`;
          option.append(small);
        }
        option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
        return option;
      }));
      list.hidden = !picks.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      at = -1;
    }
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 120); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (composing(event) || list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(at + (event.key === "ArrowDown" ? 1 : -1)); }
      else if (event.key === "Enter" && at >= 0 && !event.ctrlKey) { event.preventDefault(); event.stopPropagation(); choose(options()[at]); }
      else if (event.key === "Escape") { event.stopPropagation(); close(); }
    });
  }
  for (const ask of all(".ask[data-picker]"))
    addPicker(ask.querySelector("input:not([type=checkbox])"), ask.querySelector(".picks"), ask.dataset.item);

  form.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const target = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); return; }
    // Shift and Enter is a new line in a long text, and the way back everywhere else.
    if (event.key === "Enter" && target.matches("input, textarea") && askOf(target) && !(event.shiftKey && target.matches("textarea"))) {
      event.preventDefault();
      step(target, event.shiftKey ? -1 : 1);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || composing(event)) return;
    const ask = askOf(document.activeElement) || current;
    const key = event.code.replace(/^(Digit|Numpad|Key)/, "");
    const actions = {
      0: () => {
        const box = ask && ask.querySelector(".none input");
        if (!box) return;
        box.checked = !box.checked;
        if (box.checked) ask.querySelector("input:not([type=checkbox]), textarea").value = "";
      },
      V: () => toggleDraw(),
      N: () => paper && paper.turn(1), P: () => paper && paper.turn(-1),
      Equal: () => paper && paper.zoom(1.25), Minus: () => paper && paper.zoom(0.8), F: () => paper && paper.fit(),
    };
    if (/^[1-9]$/.test(key)) {
      const choice = ask && all("[data-fill]", ask)[Number(key) - 1];
      if (choice) { event.preventDefault(); fill(ask, choice.dataset.fill); }
    } else if (actions[key]) { event.preventDefault(); actions[key](); }
  });

  // A box drawn on the paper: its crop for the item, and for items that are not keyed blind what the readers see in it.
  // By mouse, or by arrows (moved), Shift and arrows (grown) and Enter; Ctrl makes small steps.
  const sheet = $("sheet"), draw = $("draw"), spot = $("spot");
  let drawing = false, start = null, drawn = null, back = null;
  function frame([x0, y0, x1, y1]) {
    drawn = [x0, y0, x1, y1];
    for (const [name, value] of [["x", x0], ["y", y0], ["width", x1 - x0], ["height", y1 - y0]]) spot.setAttribute(name, value);
    spot.setAttribute("visibility", "visible");
  }
  function toggleDraw(to) {
    if (!sheet) return;
    drawing = to === undefined ? !drawing : to;
    draw.setAttribute("aria-pressed", String(drawing));
    sheet.classList.toggle("drawing", drawing);
    say(drawing ? "Kéo chuột quanh chỗ cần đọc, hoặc mũi tên dời khung, Shift mũi tên đổi cỡ, ↵ lấy; Esc thôi." : "");
    if (!drawing) { if (back && document.activeElement === $("view")) back.focus(); return; }
    const ask = askOf(document.activeElement) || current || asks[0];
    back = ask && ask.querySelector("input:not([type=checkbox]), textarea");
    const box = ask && ask.dataset.box && Number(ask.dataset.page) === paper.page() && ask.dataset.box.split(" ").map(Number);
    frame(box || [0.1, 0.1, 0.5, 0.14]);
    $("view").focus({ preventScroll: true });
    paper.point(paper.page(), drawn);
    frame(drawn);
  }
  function moveDrawn(event) {
    const by = event.ctrlKey ? 0.002 : 0.01;
    const x = { ArrowLeft: -by, ArrowRight: by }[event.key] || 0, y = { ArrowUp: -by, ArrowDown: by }[event.key] || 0;
    let [x0, y0, x1, y1] = drawn;
    if (event.shiftKey) {
      x1 = Math.min(1, Math.max(x0 + 0.01, x1 + x));
      y1 = Math.min(1, Math.max(y0 + 0.005, y1 + y));
    } else {
      const dx = Math.min(1 - x1, Math.max(-x0, x)), dy = Math.min(1 - y1, Math.max(-y0, y));
      [x0, y0, x1, y1] = [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
    }
    paper.point(paper.page(), [x0, y0, x1, y1]); // keeps it in view
    frame([x0, y0, x1, y1]);
  }
  async function takeDrawn() {
    const box = drawn.map((v) => Number(v.toFixed(5)));
    const ask = current || asks[0];
    toggleDraw(false);
    if (!ask || box[2] - box[0] < 0.005 || box[3] - box[1] < 0.003) return;
    const page = paper.page();
    const crop = ask.querySelector(".crop");
    if (crop) crop.src = `/desk/${record}/crop/${ask.dataset.item}.png?box=${[page, ...box].join(",")}`;
    if (ask.dataset.mode === "blind") { say("Ảnh đã lấy từ vùng vừa khoanh."); return; }
    say("Đang đọc lại vùng…");
    const { status, data } = await call(`${api}/reread`, { token, page, box }).catch(() => ({ status: 0, data: {} }));
    if (status !== 200) { say(data.error || "Không đọc lại được, hãy thử lần nữa."); return; }
    const fresh = addChoices(ask, data.readings.map((one) => one.text));
    say(fresh.length ? `Đã đọc lại: Alt ${fresh.join(", Alt ")}.` : data.readings.length ? "Đọc lại vẫn như trước." : "Không đọc được chữ nào trong vùng này.");
  }
  if (draw) draw.addEventListener("click", () => toggleDraw());
  if (sheet) {
    const place = (event) => {
      const r = sheet.getBoundingClientRect();
      const inside = (v) => Math.min(1, Math.max(0, v));
      return [inside((event.clientX - r.left) / r.width), inside((event.clientY - r.top) / r.height)];
    };
    const between = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    sheet.addEventListener("pointerdown", (event) => {
      if (!drawing) return;
      event.preventDefault();
      start = place(event);
      sheet.setPointerCapture(event.pointerId);
    });
    sheet.addEventListener("pointermove", (event) => { if (start) frame(between(start, place(event))); });
    sheet.addEventListener("pointerup", (event) => {
      if (!start) return;
      frame(between(start, place(event)));
      start = null;
      takeDrawn();
    });
    $("view").addEventListener("keydown", (event) => {
      if (!drawing || event.altKey || event.metaKey || composing(event)) return;
      if (event.key.startsWith("Arrow")) { event.preventDefault(); event.stopPropagation(); moveDrawn(event); }
      else if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); takeDrawn(); }
    });
  }
  function addChoices(ask, texts) {
    let list = ask.querySelector(".choices");
    if (!list) {
      list = document.createElement("ul");
      list.className = "choices";
      ask.querySelector(".ask-foot").before(list);
    }
    const known = all("[data-fill]", list).map((one) => one.dataset.fill), added = [];
    for (const text of texts.filter((one) => !known.includes(one))) {
      const li = document.createElement("li"), button = document.createElement("button");
      const kbd = document.createElement("kbd"), span = document.createElement("span");
      button.type = "button";
      button.dataset.fill = text;
      kbd.textContent = String(list.children.length + 1);
      added.push(kbd.textContent);
      span.textContent = text;
      button.append(kbd, " ", span);
      li.append(button);
      list.append(li);
    }
    return added;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawing) return;
    start = null;
    toggleDraw(false);
    spot.setAttribute("visibility", "hidden");
  });

  // The lease: as long as this page is open the paper stays here; the next one is fetched beforehand.
  beat = setInterval(async () => {
    const { status, data } = await call(`${api}/lease`, { token }).catch(() => ({ status: 0, data: {} }));
    if (status === 409) {
      clearInterval(beat);
      say(data.error);
      $("submit").disabled = true;
    } else if (status === 401 || status === 403) await holdOn();
    else if (status === 200 && away) setAway(false);
  }, Math.max(500, Number(lease) * 250));
  // The session ended while something was typed: sent now it would be lost at the door.
  function setAway(on) {
    away = on;
    $("submit").disabled = on;
    say(on ? "Phiên đăng nhập đã hết. Đăng nhập lại ở một thẻ khác của trình duyệt; chữ đã gõ vẫn ở đây." : "Đã đăng nhập lại, gửi được.");
  }
  async function holdOn() {
    if (!away) setAway(true);
    const answer = await fetch("/api/me", { signal: gone.signal }).catch(() => null);
    if (!answer || answer.status !== 200) return;
    ({ csrf } = await answer.json());
    for (const one of all("input[name=csrf]")) one.value = csrf;
  }
  async function fetchNext() {
    const { status, data } = await call(`/api/desk/next${query ? `?${query}` : ""}`, { beside: [record] });
    if (status !== 200 || !data.paper) return;
    const next = data.paper;
    if (!leaving) ahead = setInterval(() => call(`/api/desk/${next.record_id}/lease`, { token: next.token }).catch(() => 0), Math.max(500, Number(lease) * 250));
    for (const path of next.pictures) new Image().src = path;
  }
  setTimeout(() => fetchNext().catch(() => 0), 600);

  const wrong = document.querySelector(".ask.wrong input:not([type=checkbox]), .ask.wrong textarea");
  const first = wrong || inputs()[0];
  if (first) { first.focus(); if (first.select) first.select(); } else $("submit").focus();
})();
