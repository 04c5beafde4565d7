// What could be said better, beneath the field in which it is written. It comes after a pause, waits to be asked for, and never
// stands in the way of sending.
"use strict";
(() => {
  const PAUSE = 700;
  const known = new WeakMap();
  const make = (tag, more) => Object.assign(document.createElement(tag), more);

  // The place of a field's advice, made when somebody comes to write in it.
  const of = (field) => {
    if (known.has(field)) return known.get(field);
    const said = make("p", { className: "small soft", id: field.id + "-advised" });
    said.setAttribute("role", "status");
    const box = make("div", { className: "advice" }), list = make("ul");
    box.append(said, list);
    field.after(box);
    field.setAttribute("aria-describedby", ((field.getAttribute("aria-describedby") || "") + " " + said.id).trim());
    const it = { said, list, text: undefined, count: 0 };
    known.set(field, it);
    return it;
  };
  const fieldOf = (inside) => inside.closest(".advice").previousElementSibling;
  const takes = (from) => [...from.querySelectorAll("[data-say]")];

  // Said once each time the count changes, and nothing else unasked.
  const count = (it) => {
    const all = it.list.children.length;
    if (all === it.count) return;
    it.count = all;
    if (!all) return void (it.said.textContent = it.done || "");
    it.said.textContent = all === 1 ? "1 suggestion" : all + " suggestions";
    if (all > 1 && takes(it.list).length) it.said.append(make("span", { className: "by-key", textContent: ", Alt+Enter takes the first" }));
  };

  const show = (it, field, fresh) => {
    if (fresh.innerHTML !== it.list.innerHTML) {
      const held = [...it.list.querySelectorAll("button")].indexOf(document.activeElement);
      it.list.replaceChildren(...fresh.childNodes);
      if (held >= 0) ([...it.list.querySelectorAll("button")][held] || field).focus({ preventScroll: true });
    }
    count(it);
    it.done = "";
  };

  const ask = async (field) => {
    const it = of(field), text = it.text = field.value;
    it.asking?.abort();
    it.asking = new AbortController();
    if (!text.trim()) return show(it, field, make("ul"));
    const body = new URLSearchParams({ text, person: field.dataset.person || "" });
    try {
      const answer = await fetch(field.dataset.advice, { method: "POST", body, signal: it.asking.signal, headers: { "x-regard-fragment": "1" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Whoever went on writing is asked about after their next pause.
      if (field.value === text) show(it, field, document.adoptNode(page.querySelector("ul")));
    } catch { /* Advice that does not come is missed by nobody. */ }
  };
  const soon = (field) => {
    const it = of(field);
    clearTimeout(it.timer);
    it.timer = setTimeout(ask, PAUSE, field);
  };

  // Until the next answer, what stands behind a change moves along, and what was changed itself is no longer spoken of.
  const follow = (it, is) => {
    const was = it.text ?? is, most = Math.min(was.length, is.length);
    let start = 0, rest = 0;
    while (start < most && was[start] === is[start]) start++;
    while (rest < most - start && was[was.length - 1 - rest] === is[is.length - 1 - rest]) rest++;
    const end = was.length - rest, by = is.length - was.length;
    it.text = is;
    if (was === is) return;
    for (const at of it.list.querySelectorAll("[data-from]")) {
      const from = Number(at.dataset.from), to = Number(at.dataset.to);
      if (from >= end) { at.dataset.from = from + by; at.dataset.to = to + by; }
      else if (to > start) at.closest("li").remove();
    }
  };

  // The browser's own way to insert, so that Ctrl+Z takes it back. Whoever wrote elsewhere is still there.
  const take = (field, button) => {
    const it = of(field), from = Number(button.dataset.from), to = Number(button.dataset.to), words = button.dataset.say;
    const { found } = button.closest("li").dataset, { selectionStart, selectionEnd } = field;
    const then = (at) => at <= from ? at : at >= to ? at + words.length - (to - from) : from + words.length;
    field.focus({ preventScroll: true });
    field.setSelectionRange(from, to);
    if (!document.execCommand(words ? "insertText" : "delete", false, words)) {
      field.setRangeText(words, from, to, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.setSelectionRange(then(selectionStart), then(selectionEnd));
    it.done = words.trim() ? `\u201c${found}\u201d is now \u201c${words.trim()}\u201d` : `\u201c${found}\u201d is gone`;
    it.said.textContent = it.done;
  };

  const leave = async (field, line) => {
    const it = of(field), { rule, found } = line.dataset;
    const body = new URLSearchParams({ rule, words: found });
    const answer = await fetch("/language/leave", { method: "POST", body, headers: { "x-regard-fragment": "1" } }).catch(() => ({}));
    if (!answer.ok) return void (it.said.textContent = "That could not be kept just now");
    const same = (other) => other.dataset.rule === rule && other.dataset.found.toLowerCase() === found.toLowerCase();
    for (const other of [...it.list.children]) if (same(other)) other.remove();
    it.done = `\u201c${found}\u201d stays; you are not told again`;
    it.said.textContent = it.done;
  };

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset?.advice) return;
    follow(of(field), field.value);
    soon(field);
  });
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (field.dataset?.advice && of(field).text === undefined) soon(field);
  });
  document.addEventListener("reset", (event) => {
    for (const field of event.target.querySelectorAll("[data-advice]")) if (known.has(field)) soon(field);
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".advice button");
    if (!button) return;
    const field = fieldOf(button), line = button.closest("li"), at = [...line.parentNode.children].indexOf(line);
    const list = line.parentNode;
    button.dataset.say === undefined ? await leave(field, line) : take(field, button);
    // By keyboard the next one is at hand; with a mouse one goes on writing.
    const next = event.detail === 0 && list.children[Math.min(at, list.children.length - 1)];
    (next ? next.querySelector("button") : field).focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !event.altKey || event.ctrlKey || event.metaKey || !field.dataset?.advice) return;
    event.preventDefault();
    const all = takes(of(field).list).filter((it) => it === it.parentNode.firstElementChild);
    const button = all.find((it) => Number(it.dataset.to) >= field.selectionEnd) || all[0];
    if (button) take(field, button);
  });
})();
