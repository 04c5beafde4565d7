// Passkeys: hands the browser's question to the device, and its answer to the house.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const post = async (url, body) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || "That did not work.");
    return said;
  };

  const questions = {
    create: (options) => {
      options.challenge = bytes(options.challenge);
      options.user.id = bytes(options.user.id);
      for (const known of options.excludeCredentials || []) known.id = bytes(known.id);
      return navigator.credentials.create({ publicKey: options });
    },
    get: (options) => {
      options.challenge = bytes(options.challenge);
      for (const known of options.allowCredentials || []) known.id = bytes(known.id);
      return navigator.credentials.get({ publicKey: options });
    },
  };

  const written = (key) => {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (key.response[part]) response[part] = text(key.response[part]);
    return { id: key.id, rawId: text(key.rawId), type: key.type, extensions: {}, response };
  };

  for (const button of document.querySelectorAll("button[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    button.hidden = false;
    button.closest("[data-passkeys]")?.removeAttribute("hidden");
    button.addEventListener("click", async () => {
      const said = document.getElementById("passkey-said");
      said.textContent = "";
      try {
        const { ceremony, options } = await post(button.dataset.begin, {});
        const key = await questions[button.dataset.passkey](options.publicKey);
        const label = document.getElementById("passkey-label")?.value || "";
        const { next } = await post(button.dataset.finish, { ceremony, label, answer: written(key), next: button.dataset.next });
        location.href = next;
      } catch (why) {
        said.textContent = why.name === "NotAllowedError" ? "The device did not say yes. Nothing was changed." : why.message;
      }
    });
  }
})();
