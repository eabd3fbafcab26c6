// Pages that are separated, joined and turned: by keys on the page one is at. The form works without this file.
"use strict";
(() => {
  const form = document.getElementById("cut-form");
  if (!form) return;
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const cards = all(".cut-page", form);
  const summary = document.getElementById("cut-summary"), big = document.getElementById("big");
  const numberOf = (card) => card.querySelector("input[type=number]");
  const turnOf = (card) => card.querySelector("select");

  function show() {
    const pages = new Map();
    for (const card of cards) {
      const part = Number(numberOf(card).value) || 1;
      pages.set(part, (pages.get(part) || 0) + 1);
      card.dataset.part = String((part - 1) % 4);
      card.querySelector("img").style.transform = `rotate(${turnOf(card).value}deg)`;
    }
    const parts = [...pages].sort((a, b) => a[0] - b[0]).map(([part, count]) => `số ${part}: ${count} trang`);
    summary.textContent = `${cards.length} trang thành ${pages.size} văn bản (${parts.slice(0, 6).join(", ")}${parts.length > 6 ? "…" : ""})`;
  }
  // A new document begins here: this page and those after it are counted one further; again, and they are not.
  function begin(at) {
    if (at === 0) return;
    const here = Number(numberOf(cards[at]).value), before = Number(numberOf(cards[at - 1]).value);
    const by = here === before ? 1 : -1;
    for (const card of cards.slice(at)) {
      const input = numberOf(card);
      input.value = String(Math.max(1, Number(input.value) + by));
    }
    show();
  }
  function turn(card) {
    const select = turnOf(card);
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    show();
  }
  function enlarge(card) {
    const from = card.querySelector("img"), picture = big.querySelector("img");
    picture.src = from.src;
    picture.alt = from.alt;
    picture.style.transform = from.style.transform;
    document.getElementById("big-title").textContent = card.querySelector("legend").textContent;
    big.showModal();
  }
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  for (const card of cards) card.querySelector(".cut-picture").addEventListener("click", () => enlarge(card));
  document.addEventListener("keydown", (event) => {
    if (composing(event) || big.open) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = cards.indexOf(document.activeElement.closest(".cut-page"));
    if (at < 0) return;
    const key = event.key.toLowerCase();
    const actions = {
      b: () => begin(at), r: () => turn(cards[at]), v: () => enlarge(cards[at]),
      arrowright: () => cards[at + 1] && numberOf(cards[at + 1]).focus(),
      arrowleft: () => cards[at - 1] && numberOf(cards[at - 1]).focus(),
    };
    if (!actions[key] || (key.startsWith("arrow") && document.activeElement !== numberOf(cards[at]))) return;
    event.preventDefault();
    actions[key]();
  });
  show();

  // The papers stay in these hands as long as the page is open.
  const held = all("[data-held]", form);
  const beat = setInterval(async () => {
    for (const input of held) {
      const answer = await fetch(`/api/desk/${input.dataset.held}/lease`, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": form.dataset.csrf },
        body: JSON.stringify({ token: input.value }),
      }).catch(() => null);
      if (answer && answer.status === 409) {
        clearInterval(beat);
        summary.textContent = (await answer.json()).error;
      }
    }
  }, Math.max(500, Number(form.dataset.lease) * 250));
})();
