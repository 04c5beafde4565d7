// What a browser adds to pages that are complete without it: parts of pages, live regions, search as you type, keys.
"use strict";
(() => {
  const $ = (css, from = document) => from.querySelector(css);
  let searching;

  // Each element of an answer takes the place of its namesake; data-op adds its children at an end instead.
  const apply = (text, kept = false) => {
    const held = document.activeElement?.id;
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const it of [...page.body.children]) {
      const at = document.getElementById(it.dataset.into || it.id);
      if (!at) continue;
      const top = document.documentElement.scrollHeight - scrollY;
      // A day or moment that is there already stands where the new ones meet it: once.
      for (const child of it.dataset.op ? [...it.querySelectorAll("[id]")] : [])
        (it.dataset.op === "append" ? document.getElementById(child.id) && child : document.getElementById(child.id))?.remove();
      if (it.dataset.op === "append") at.append(...it.childNodes);
      else if (it.dataset.op === "prepend") {
        at.prepend(...it.childNodes);
        if (scrollY > 0) scrollTo({ top: document.documentElement.scrollHeight - top });
      } else {
        // Nobody asked for it: what somebody has opened stays open, and what they closed stays closed.
        for (const was of kept ? at.querySelectorAll("details[id]") : []) {
          const is = it.querySelector("#" + CSS.escape(was.id));
          if (is) is.open = was.open;
        }
        at.replaceWith(document.adoptNode(it));
      }
    }
    if (held && document.activeElement?.id !== held) document.getElementById(held)?.focus({ preventScroll: true });
    wake(document);
  };

  const say = (form, text) => {
    let said = $(".said", form);
    if (!said) {
      said = Object.assign(document.createElement("p"), { className: "said" });
      said.setAttribute("role", "alert");
      form.prepend(said);
    }
    said.textContent = text;
  };

  const ask = async (url, options = {}) => {
    const answer = await fetch(url, { ...options, headers: { "x-regard-fragment": "1" } });
    return { answer, text: await answer.text() };
  };

  // Whoever is on the way to another page is not called back from it. If they stay after all, they are led on a little later.
  let leaving = 0;
  addEventListener("beforeunload", () => { leaving = Date.now(); });
  const go = (url) => void setTimeout(() => { location.href = url; }, Date.now() - leaving < 3000 ? 3000 : 0);

  const send = async (form, button) => {
    const entered = new FormData(form, button);
    const data = form.enctype === "multipart/form-data" ? entered : new URLSearchParams(entered);
    try {
      const { answer, text } = await ask(form.action, { method: "POST", body: data });
      if (answer.redirected) return go(answer.url);
      if (!answer.ok) {
        apply(text);
        return say(form, new DOMParser().parseFromString(text, "text/html").body.textContent.trim());
      }
      $(".said", form)?.remove();
      form.reset();
      apply(text);
      const then = $("#" + form.dataset.then);
      if (then && !form.contains(then)) form.closest("details").open = false;
      then?.focus();
    } catch {
      // Never sent a second time by itself: it may have arrived. Nobody reads this where the page was left meanwhile.
      say(form, "Nothing came back, so it may or may not have arrived. It is kept here; look at the page anew before you send it again.");
    }
  };

  const search = async (form) => {
    searching?.abort();
    searching = new AbortController();
    const url = form.action.split("?")[0] + "?" + new URLSearchParams(new FormData(form));
    try {
      const { answer, text } = await ask(url, { signal: searching.signal });
      if (!answer.ok) return;
      apply(text);
      history.replaceState(null, "", url);
      $(".said", form)?.remove();
    } catch (why) { if (why.name !== "AbortError") say(form, "The house does not answer just now."); }
  };

  const more = async (link) => {
    if (link.dataset.busy) return;
    link.dataset.busy = "1";
    try { apply((await ask(link.href)).text); } catch { delete link.dataset.busy; }
  };

  // Links marked data-more load by themselves when they come into sight.
  const sight = new IntersectionObserver((seen) => {
    for (const it of seen) if (it.isIntersecting) more(it.target);
  }, { rootMargin: "400px" });

  const wake = (from) => {
    for (const it of from.querySelectorAll("a[data-more=auto]")) sight.observe(it);
    for (const it of from.querySelectorAll("[data-live]")) listen(it);
    for (const it of from.querySelectorAll("[data-with-script]")) it.hidden = false;
  };

  // A live region reads itself anew when the house says that its subject changed - not while somebody writes in it.
  const heard = new Set();
  const listen = (region) => {
    if (heard.has(region.id)) return;
    heard.add(region.id);
    const source = new EventSource("/live?" + region.dataset.live);
    let opened = false;
    source.onmessage = async () => {
      const now = document.getElementById(region.id);
      if (!now?.dataset.live) return;
      if (now.contains(document.activeElement)) return;
      const { answer, text } = await ask(now.dataset.src || location.href);
      if (answer.ok) apply(text, true);
    };
    // What changed before we listened, or while the line was down, was not heard.
    source.onopen = () => {
      if (opened || region.dataset.eager !== undefined) source.onmessage();
      opened = true;
    };
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.submitter?.dataset.sure && !confirm(event.submitter.dataset.sure)) return event.preventDefault();
    if (form.dataset.part === undefined) return;
    event.preventDefault();
    form.method === "get" ? search(form) : send(form, event.submitter);
  });
  // Words that are looked at while they are written: what is found is offered, and never put over what somebody entered.
  const spot = async (words) => {
    const { answer, text } = await ask(words.dataset.spot, { method: "POST", body: new URLSearchParams({ text: words.value }) });
    const page = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
    const at = page && document.getElementById(page.id);
    if (answer.ok && at && ![...at.querySelectorAll("input")].some((it) => it.value)) at.replaceWith(document.adoptNode(page));
  };

  // While a page is looked at, the others who have it open are told what we do there.
  const hereUrl = $("[data-here]")?.dataset.here;
  let doing = "reading", stopped, told;
  const here = async () => {
    if (document.hidden) return;
    const { answer, text } = await ask(hereUrl, { method: "POST", body: new URLSearchParams({ doing }) }).catch(() => ({ answer: {} }));
    // The same words again would be read out again.
    if (answer.ok && text !== told) apply(text);
    told = text;
  };
  const does = (what) => {
    if (doing === what) return;
    doing = what;
    here();
  };
  if (hereUrl) {
    here();
    setInterval(here, 12000);
    document.addEventListener("visibilitychange", here);
    addEventListener("pagehide", () => navigator.sendBeacon(hereUrl, new URLSearchParams({ doing: "leaving" })));
    document.addEventListener("input", (event) => {
      if (!event.target.matches("textarea")) return;
      clearTimeout(stopped);
      stopped = setTimeout(does, 10000, "reading");
      does(event.target.value ? "writing" : "reading");
    });
  }

  // What is written is kept while it is written, and at once when the page goes.
  let unkept;
  const keep = async (words) => {
    clearTimeout(unkept?.timer);
    unkept = undefined;
    const said = $("[data-kept]", words.form);
    const body = new URLSearchParams(new FormData(words.form));
    const answer = await fetch(words.dataset.draft, { method: "POST", body, keepalive: true, headers: { "x-regard-fragment": "1" } }).catch(() => ({}));
    if (said) said.textContent = !words.value ? "" : answer.ok ? "kept" : "not kept just now";
  };
  addEventListener("pagehide", () => unkept && keep(unkept.words));
  document.addEventListener("submit", () => { clearTimeout(unkept?.timer); unkept = undefined; }, true);

  // A digest as it looks, anew while it is written. Each look is a new frame, so that going back leaves the page at once, and the old one
  // stays until the new one has come.
  let looking, looks = 0;
  const look = (form) => {
    const button = $("[data-look]") || {}, old = [...document.querySelectorAll(".frames iframe")].pop();
    if (button.form !== form || !old) return;
    const next = old.cloneNode();
    next.removeAttribute("src");
    next.name = button.formTarget = "looks-" + ++looks;
    next.classList.add("coming");
    old.after(next);
    next.onload = () => {
      const at = old.contentWindow?.scrollY;
      while (next.previousElementSibling) next.previousElementSibling.remove();
      next.classList.remove("coming");
      next.contentWindow.scrollTo(0, at || 0);
    };
    form.requestSubmit(button);
  };
  document.addEventListener("input", (event) => {
    const { form, dataset, value } = event.target;
    if (dataset.most) document.getElementById(event.target.getAttribute("aria-describedby").split(" ")[0]).classList.toggle("over", [...value].length > dataset.most);
    if (form?.dataset.looks === undefined) return;
    clearTimeout(looking);
    looking = setTimeout(look, 350, form);
  });

  // A saved reply begins an answer; what stands there already stays.
  document.addEventListener("change", async (event) => {
    const words = document.getElementById(event.target.dataset?.reply);
    if (!words || !event.target.value) return;
    const { answer, text } = await ask(event.target.value);
    event.target.value = "";
    if (!answer.ok) return;
    words.setRangeText(text, words.selectionStart, words.selectionEnd, "end");
    words.focus();
    words.dispatchEvent(new Event("input", { bubbles: true }));
  });

  let typing;
  document.addEventListener("input", (event) => {
    if (event.target.dataset.draft) {
      clearTimeout(unkept?.timer);
      unkept = { words: event.target, timer: setTimeout(keep, 1200, event.target) };
    }
    if (event.target.dataset.spot) {
      clearTimeout(typing);
      typing = setTimeout(spot, 400, event.target);
      return;
    }
    const form = event.target.form;
    if (form?.dataset.part === undefined || form.method !== "get") return;
    clearTimeout(typing);
    typing = setTimeout(search, 90, form);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-more]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    more(link);
  });

  let before = "";
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=radio],[type=checkbox]), textarea, select");
    if (writing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return writing.form?.requestSubmit();
    }
    if (event.key === "Escape" && writing) return writing.blur();
    if (writing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    const keys = (before + " " + event.key).trim();
    before = event.key === "g" && !before ? "g" : "";
    const at = $(`[data-key="${CSS.escape(keys)}"]`) || $(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "?") $("#keys")?.showModal();
    else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (!at) return;
    else if (at.matches("details")) { at.open = true; ($("[data-first]", at) || $("textarea", at) || $("input:not([type=hidden])", at))?.focus(); }
    else if (at.matches("input, textarea")) { at.focus(); at.select(); }
    else at.click();
    event.preventDefault();
  });
  const step = (by) => {
    const all = [...document.querySelectorAll("a.someone, li.moment")];
    const at = all.findIndex((it) => it.contains(document.activeElement));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next && !next.matches("a")) next.tabIndex = -1;
    next?.focus();
  };
  wake(document);
})();
