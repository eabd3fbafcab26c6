// Group verification by keyboard: arrows move, X or space strikes, Ctrl+Enter sends.
"use strict";
(() => {
  const form = document.getElementById("group-form");
  if (!form) return;
  const cards = Array.from(form.querySelectorAll(".card-one"));
  const count = document.getElementById("struck-count");
  function strike(card) {
    const on = card.getAttribute("aria-pressed") !== "true";
    card.setAttribute("aria-pressed", String(on));
    const number = cards.filter((one) => one.getAttribute("aria-pressed") === "true").length;
    count.textContent = number ? `đã gạch ${number} giá trị` : "chưa gạch giá trị nào";
  }
  for (const card of cards) card.addEventListener("click", () => strike(card));
  form.addEventListener("submit", () => {
    for (const card of cards.filter((one) => one.getAttribute("aria-pressed") === "true")) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "struck";
      input.value = card.dataset.record;
      form.append(input);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = cards.indexOf(document.activeElement);
    if (at < 0) return;
    const row = cards.filter((one) => one.offsetTop === cards[0].offsetTop).length;
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row };
    if (moves[event.key]) {
      event.preventDefault();
      const next = cards[at + moves[event.key]];
      if (next) next.focus();
    } else if (event.key === "x" || event.key === "X") { event.preventDefault(); strike(cards[at]); }
  });
  if (cards[0]) cards[0].focus();
})();
