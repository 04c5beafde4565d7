// A talk: lines with numbers. What is said is kept until it has arrived, what is heard is asked for again from the last number
// after every interruption, so that nothing is missed and nothing comes twice.
"use strict";
(() => {
  const $ = (css, from = document) => from.querySelector(css);
  const base = location.pathname.replace(/talk$/, "");
  const texts = JSON.parse($("#texts").textContent);
  const lines = $("#lines"), form = $("#say"), words = $("#words"), file = $("#file"), said = $("#said"), framed = window !== parent;
  const PAUSES = [0.5, 1, 2, 5, 10, 30], SILENCE = 45000, BEAT = 20000, UNANSWERED = 120000;
  const element = (name, more = {}) => Object.assign(document.createElement(name), more);
  const pause = (failures) => 1000 * PAUSES[Math.min(failures, PAUSES.length) - 1] * (0.5 + Math.random());

  // A browser that keeps nothing for us still talks, until the page goes. Nothing is kept before the first word.
  const memory = {};
  const at = (name) => base + name;
  const keep = (name, value) => {
    memory[name] = value;
    try { value === undefined ? localStorage.removeItem(at(name)) : localStorage.setItem(at(name), JSON.stringify(value)); } catch { /* kept above */ }
  };
  const kept = (name) => {
    if (name in memory) return memory[name];
    try { return JSON.parse(localStorage.getItem(at(name)) ?? "null") ?? undefined; } catch { return undefined; }
  };

  let key = kept("key"), token, page = framed ? "" : location.href, work, posed = false, last = 0, seen = 0, opened = !framed, us = {}, waiting = 0;
  let line, listening = false, hurry = () => {}, sending = false, writing = false, stopped;
  const pending = new Map((kept("pending") ?? []).map((it) => [it.name, it]));
  const keepPending = () => keep("pending", pending.size ? [...pending.values()].filter((it) => !it.file) : undefined);

  // To the site's own pages; an app has no address, and nothing that is told here is a secret.
  const listeners = texts.apps ? ["*"] : texts.origins;
  const tell = (regard, more = {}) => { if (framed) for (const origin of listeners) parent.postMessage({ regard, ...more }, origin); };
  const say = (text, bad = false) => { said.textContent = text; said.classList.toggle("bad", bad); };
  const ask = (path, options = {}) => fetch(base + path, {
    ...options,
    headers: { accept: "application/json", authorization: `Bearer ${key}`, ...(typeof options.body === "string" ? { "content-type": "application/json" } : {}) },
  });
  const post = (path, body, more = {}) => ask(path, { method: "POST", body: JSON.stringify(body), ...more });
  const why = async (answer) => answer.status ? (await answer.json().catch(() => ({}))).detail ?? texts.failed : texts.failed;

  const random = (count) => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(count)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const begin = () => { key ??= random(32); };
  // Whoever begins a talk does some work for it, while they type; nothing of it is seen, and nothing is kept.
  const pose = async () => {
    const answer = await post("puzzle", {});
    if (!answer.ok) throw new Error(String(answer.status));
    const { puzzle, bits } = await answer.json();
    return new Promise((done, fail) => {
      const worker = new Worker(texts.puzzle);
      worker.onmessage = (event) => { worker.terminate(); done(event.data); };
      worker.onerror = () => { worker.terminate(); fail(new Error("worker")); };
      worker.postMessage({ puzzle, bits });
    });
  };
  const solve = () => {
    const mine = work ??= pose().catch((error) => { if (work === mine) work = undefined; throw error; });
    return mine;
  };
  // The site vouches for somebody: what they said elsewhere is shown, and nothing of whoever sat here before.
  const become = (other) => {
    if (!other || other === key) return;
    key = other;
    if (kept("key")) keep("key", key);
    clear();
    line?.abort();
  };
  const clear = () => {
    [last, seen, us, waiting] = [0, 0, {}, 0];
    for (const it of [...lines.children]) if (it.dataset.number) it.remove();
    offer();
    count();
  };
  const forget = (text = "") => {
    key = token = work = undefined;
    posed = false;
    keep("key");
    pending.clear();
    keepPending();
    line?.abort();
    lines.replaceChildren();
    clear();
    say(text);
    tell("ended");
  };

  const linked = (text) => {
    const p = element("p");
    for (const part of text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)) {
      p.append(/^https?:\/\//.test(part) ? element("a", { href: part, textContent: part, target: "_blank", rel: "noopener noreferrer" }) : part);
    }
    return p;
  };
  // One element for each line; a line that was said here and comes back takes the place of its sketch.
  const show = (it) => {
    const id = it.name ? "said-" + it.name : "line-" + it.number;
    const li = document.getElementById(id) ?? element("li", { id });
    const bottom = atBottom();
    li.className = it.by === undefined || it.by === null ? "you" : "us";
    if (it.number) li.dataset.number = it.number;
    li.replaceChildren(...(it.face ? [faceOf(it)] : []), element("span", { className: "who", textContent: li.className === "us" ? [it.by, texts.us].filter(Boolean).join(", ") : texts.you }));
    if (it.text) li.append(linked(it.text));
    (it.files ?? (it.file ? [it.file] : [])).forEach((file, place) => {
      const p = element("p");
      p.append(it.number ? element("a", { href: "#", textContent: file.name, onclick: (event) => { event.preventDefault(); fetchFile(it.number, place, file.name); } }) : file.name);
      li.append(p);
    });
    const fate = element("span", { className: "fate" });
    if (it.at) fate.append(element("time", { dateTime: it.at, textContent: new Date(it.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) }));
    else fate.textContent = texts.waiting;
    li.append(fate);
    const before = it.number ? [...lines.children].find((other) => other !== li && !other.dataset.number) : null;
    lines.insertBefore(li, before ?? null);
    if (it.face) li.dataset.face = JSON.stringify([it.by, it.face]);
    li.classList.toggle("again", Boolean(it.face) && li.previousElementSibling?.dataset.face === li.dataset.face);
    if (bottom || !it.number) $("#scroll").scrollTop = $("#scroll").scrollHeight;
  };
  // Who of us speaks has a face: drawn, or their photo, fetched once.
  const photos = new Map();
  const faceOf = ({ face, number }) => {
    const drawn = element("span", { className: "face hue-" + face.hue, textContent: face.letters });
    drawn.setAttribute("aria-hidden", "true");
    if (face.photo) photo(face.photo, number).then((src) => src && drawn.replaceChildren(element("img", { src, alt: "" })));
    return drawn;
  };
  const photo = (name, number) => {
    const fetched = photos.get(name) ?? ask(`lines/${number}/face`).then(async (answer) => answer.ok ? URL.createObjectURL(await answer.blob()) : undefined).catch(() => photos.delete(name) && undefined);
    photos.set(name, fetched);
    return fetched;
  };
  const atBottom = () => { const it = $("#scroll"); return it.scrollHeight - it.scrollTop - it.clientHeight < 80; };
  const fetchFile = async (number, place, name) => {
    const answer = await ask(`lines/${number}/files/${place}`).catch(() => ({}));
    if (!answer.ok) return void say(texts.failed, true);
    const url = URL.createObjectURL(await answer.blob());
    element("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  const heard = (it) => {
    if (it.name && pending.delete(it.name)) keepPending();
    if (it.number > last + 1 && last > 0) return void line?.abort();
    if (it.number <= last) return void (document.getElementById("said-" + it.name)?.dataset.number || show(it));
    last = it.number;
    show(it);
    waiting = it.by ? 0 : waiting || Date.now();
    if (it.by) $("#state").textContent = "";
    offer();
    look();
  };
  const count = () => tell("unread", { number: [...lines.children].filter((it) => it.className === "us" && it.dataset.number > seen).length });
  const isOpen = () => opened && !document.hidden;
  const look = () => {
    if (isOpen() && key && last > seen) {
      seen = last;
      here();
    }
    count();
  };
  const here = (more = {}) => { if (key && last) post("here", { seen, writing, ...more }, { keepalive: true }).catch(() => {}); };
  setInterval(() => isOpen() && here(), BEAT);

  // Where answers go is asked only of whoever waits: nobody of us is there, or nobody answered.
  const offer = () => {
    const need = waiting && !us.reachable && (us.here === false || Date.now() - waiting > UNANSWERED);
    if (need && $("#address").hidden) { $("#address").hidden = false; const it = $("#scroll"); it.scrollTop = it.scrollHeight; }
    if (!need && !$("#address").contains(document.activeElement)) $("#address").hidden = true;
    $("#presence").textContent = us.here ? texts.here : texts.away;
  };
  setInterval(offer, 5000);

  const fail = (it, text, again) => {
    const fate = $(".fate", document.getElementById("said-" + it.name));
    if (!fate) return;
    fate.className = "fate bad";
    fate.textContent = text + " ";
    if (again) fate.append(element("button", { type: "button", textContent: texts.again, onclick: () => { pending.set(it.name, it); show(it); send(); } }));
  };
  const deliver = async (it) => {
    if (!it.file) return post("lines", { ...it, token, work: token || last ? undefined : await work });
    const data = new FormData();
    for (const [name, value] of Object.entries({ name: it.name, text: it.text, page: it.page, token, file: it.file })) if (value) data.append(name, value);
    return ask("files", { method: "POST", body: data });
  };
  const send = async () => {
    if (sending) return;
    sending = true;
    let failures = 0;
    for (let it; key && ([it] = pending.values()) && it; ) {
      try {
        const answer = await deliver(it);
        if (answer.ok) {
          const told = await answer.json();
          become(told.key);
          failures = 0;
          say("");
          work = undefined;
          pending.delete(it.name);
          keepPending();
          if (told.number === last + 1) heard(told);
          listen();
        } else if (answer.status === 428) {
          // The work was too old, or there was none: another puzzle, and the same line again.
          work = undefined;
          if (failures++) await rest(pause(failures));
          await solve();
        } else if (answer.status === 410) forget(texts.over);
        else if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) {
          pending.delete(it.name);
          keepPending();
          fail(it, await why(answer), answer.status === 401);
        } else throw new Error(String(answer.status));
      } catch {
        failures += 1;
        await rest(pause(failures));
      }
    }
    sending = false;
  };
  const rest = (time) => new Promise((go) => { setTimeout(go, time); addEventListener("online", go, { once: true }); });

  // The line is held open; whoever hears nothing for long asks again.
  const listen = async () => {
    if (listening) return;
    listening = true;
    for (let failures = 0; key; ) {
      line = new AbortController();
      let silence = setTimeout(() => line.abort(), SILENCE);
      try {
        const answer = await ask("live?since=" + last, { signal: line.signal });
        if (answer.status === 404 || answer.status === 422) break;
        if (!answer.ok) throw new Error(String(answer.status));
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let rest = ""; ; ) {
          const { done, value } = await reader.read();
          if (done) break;
          failures = 0;
          clearTimeout(silence);
          silence = setTimeout(() => line.abort(), SILENCE);
          const parts = (rest + value).split("\n\n");
          rest = parts.pop();
          for (const part of parts) if (part.startsWith("data:")) told(JSON.parse(part.slice(5)));
        }
      } catch { failures += 1; }
      clearTimeout(silence);
      if (!key) break;
      // The server ends each line now and then; not all browsers shall come back in the same moment.
      await new Promise((go) => { setTimeout(go, failures ? pause(failures) : 300 * Math.random()); hurry = go; });
    }
    listening = false;
  };
  const told = (it) => {
    if (it.line) heard(it.line);
    if (it.seen > seen) { seen = it.seen; count(); }
    if (it.us) {
      us = it.us;
      $("#state").textContent = us.writing ? `${us.writing} ${texts.writing}` : "";
      offer();
    }
    if (it.over) forget(texts.over);
  };
  const wake = () => {
    if (document.hidden) return void (opened && here({ leaving: true }));
    line?.abort();
    hurry();
    look();
    if (isOpen()) here();
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pagehide", () => opened && here({ leaving: true }));

  const write = (is) => {
    if (writing === is) return;
    writing = is;
    here();
  };
  words.addEventListener("input", () => {
    clearTimeout(stopped);
    stopped = setTimeout(write, 8000, false);
    write(Boolean(words.value.trim()));
    if (!posed && !token && !kept("key")) { posed = true; begin(); solve().catch(() => {}); }
  });
  const utter = (text, file) => {
    if (!text && !file) return;
    if (file?.size > texts.largest) return void say(texts.too_large, true);
    begin();
    keep("key", key);
    tell("began");
    clearTimeout(stopped);
    writing = false;
    const it = { name: random(16), text, page, file };
    pending.set(it.name, it);
    keepPending();
    show(it);
    form.reset();
    words.focus();
    send();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); utter(words.value.trim()); });
  file.addEventListener("change", () => { if (file.files[0]) utter(words.value.trim(), file.files[0]); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  $("#address").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("address", Object.fromEntries(new FormData(event.target))).catch(() => ({}));
    say(answer.ok ? texts.thanks : await why(answer), !answer.ok);
    if (answer.ok) { us.reachable = true; offer(); words.focus(); }
  });

  const more = $("#more");
  $("#save").addEventListener("click", () => {
    const text = [...lines.children].map((it) => `${$("time", it)?.dateTime ?? ""} ${$(".who", it).textContent}:\n${[...it.querySelectorAll("p")].map((p) => p.textContent).join("\n")}\n`);
    const url = URL.createObjectURL(new Blob([text.join("\n")], { type: "text/plain" }));
    element("a", { href: url, download: "talk.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    more.open = false;
  });
  $("#end").addEventListener("click", () => { more.open = false; forget(texts.ended); words.focus(); });
  const sure = $("#sure");
  $("#erase").addEventListener("click", async () => {
    more.open = false;
    const answer = key && last ? await ask("erase").catch(() => ({})) : { status: 404 };
    if (answer.status === 404) return void say(texts.nothing);
    if (!answer.ok) return void say(await why(answer), true);
    const { at_once } = await answer.json();
    $("#sure-words").textContent = at_once ? texts.erase : texts.wish;
    $("#yes").textContent = at_once ? texts.yes_erase : texts.yes_wish;
    [sure.returnValue, sure.dataset.name] = ["", random(16)];
    sure.showModal();
  });
  sure.addEventListener("close", async () => {
    words.focus();
    if (sure.returnValue !== "yes") return;
    const answer = await post("erase", { name: sure.dataset.name }).catch(() => ({}));
    if (!answer.ok) return void say(await why(answer), true);
    const receipt = await answer.json();
    if (receipt.asked) say(texts.wished); else forget(texts.erased + receipt.id);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || sure.open) return;
    if (more.open) { more.open = false; $("summary", more).focus(); } else tell("close");
  });
  $("#close").hidden = !framed;
  $("#close").addEventListener("click", () => tell("close"));

  // Who says it from a page that is none of the site's may be anybody, with a token that was signed for themselves: what was said here
  // before does not come along into theirs.
  const identify = async (word, known) => {
    if (!known && !token) key = undefined;
    token = word;
    begin();
    const answer = await post("identity", { token }).catch(() => ({}));
    if (answer.ok) become((await answer.json()).key);
    else if (answer.status) { token = undefined; say(await why(answer), true); }
    listen();
    send();
  };
  addEventListener("message", (event) => {
    const known = texts.origins.includes(event.origin);
    if (event.source !== parent || !(known || texts.apps)) return;
    const { regard, identity } = event.data ?? {};
    page = event.data?.page ?? page;
    if (regard === "forget") return forget();
    if (identity && identity !== token) identify(identity, known);
    if (regard === "opened" || regard === "closed") {
      const was = opened;
      opened = regard === "opened";
      if (opened) { words.focus(); look(); here(); } else if (was) here({ leaving: true });
    }
  });

  const start = async () => {
    const way = location.hash.slice(1);
    if (way.split(".").length === 4) {
      history.replaceState(null, "", location.pathname);
      begin();
      const answer = await post("back", { token: way }).catch(() => ({}));
      if (answer.ok) { keep("key", key); tell("began"); } else if (answer.status) say(await why(answer), true);
    }
    for (const it of pending.values()) show(it);
    offer();
    if (key) { send(); listen(); }
    tell("ready");
    if (!framed) words.focus();
  };
  start();
})();
