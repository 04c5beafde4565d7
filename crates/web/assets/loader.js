// The button on somebody's site. What is talked in is a frame from our own address, loaded when it is first opened; nothing is
// kept in the browser before the first word.
"use strict";
(() => {
  const script = document.currentScript;
  const home = new URL(".", script.src);
  const kept = "regard " + home.pathname;
  const words = { open: script.dataset.open || "Talk with us", close: script.dataset.close || "Close", name: script.dataset.name || "Talk with us" };
  const place = script.dataset.side === "left" ? "left" : "right";

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const looks = new CSSStyleSheet();
  looks.replaceSync(`
    :host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: max(1rem, env(safe-area-inset-bottom)); inset-inline: auto; ${place}: 1rem; font: 400 1rem/1.4 system-ui, sans-serif; }
    button { font: 600 1rem/1.2 system-ui, sans-serif; min-block-size: 3rem; padding: .7rem 1.2rem; border: 0; border-radius: 99rem; cursor: pointer; color: Canvas; background: CanvasText; box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
    button:focus-visible { outline: 3px solid Highlight; outline-offset: 3px; }
    b { display: inline-grid; place-items: center; min-inline-size: 1.4em; margin-inline-start: .25em; border-radius: 99rem; background: #b3261e; color: #fff; font-size: .85em; }
    b:empty { display: none; }
    iframe { position: fixed; ${place}: 1rem; inset-block-end: 5rem; inline-size: min(24rem, calc(100vw - 2rem)); block-size: min(36rem, calc(100dvh - 7rem)); border: 1px solid rgb(0 0 0 / .2); border-radius: 1rem; background: Canvas; box-shadow: 0 6px 32px rgb(0 0 0 / .25); }
    [hidden] { display: none; }
    @media (max-width: 30rem) { iframe { inset: 0; inline-size: 100vw; block-size: 100dvh; border: 0; border-radius: 0; } }
  `);
  root.adoptedStyleSheets = [looks];
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const count = document.createElement("b");
  button.append(words.open, " ", count);
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  root.append(button);

  let frame, ready, identity = script.dataset.identity, title;
  const tell = (what) => ready && frame.contentWindow.postMessage({ regard: what, identity, page: location.href }, home.origin);
  const load = () => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = words.name;
    frame.src = new URL("talk", home);
    root.append(frame);
  };
  const open = () => {
    load();
    frame.hidden = false;
    button.setAttribute("aria-expanded", "true");
    frame.focus();
    tell("opened");
  };
  const close = () => {
    if (!frame || frame.hidden) return;
    frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
    tell("closed");
  };
  const unread = (number) => {
    count.textContent = number || "";
    title ??= document.title;
    document.title = number ? `(${number}) ${title}` : title;
    if (!number) title = undefined;
  };
  button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
  addEventListener("message", (event) => {
    if (event.origin !== home.origin || event.source !== frame?.contentWindow) return;
    const { regard, number } = event.data ?? {};
    if (regard === "ready") {
      ready = true;
      tell(frame.hidden ? "closed" : "opened");
    } else if (regard === "close") close();
    else if (regard === "unread") unread(number);
    else if (regard === "began") remember("1");
    else if (regard === "ended") remember();
  });

  // That there is a talk, and nothing of it, so that whoever comes back is told what came since.
  const remember = (mark) => {
    try { mark ? localStorage.setItem(kept, mark) : localStorage.removeItem(kept); } catch { /* then they open it themselves */ }
  };
  const talked = () => {
    try { return localStorage.getItem(kept); } catch { return null; }
  };

  // A site says who somebody is with a token that it signs, and takes it back when they sign out.
  window.regard = {
    open,
    close,
    identify(token) { identity = token; load(); tell("identity"); },
    forget() { identity = undefined; load(); tell("forget"); },
  };
  const begin = () => {
    document.body.append(host);
    // Whoever talked with us before is told what came since.
    if (talked() || identity) (window.requestIdleCallback ?? setTimeout)(load);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
