// Passkeys: asks the device and sends what it answered, as a field of the form. Without this file, or on a
// device without passkeys, the other ways on the page work.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function asked(options) {
    const asked = structuredClone(options.publicKey);
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return { publicKey: asked };
  }

  function answered(credential) {
    const { response } = credential;
    const parts = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      parts.attestationObject = text(response.attestationObject);
      parts.transports = response.getTransports ? response.getTransports() : [];
    } else {
      parts.authenticatorData = text(response.authenticatorData);
      parts.signature = text(response.signature);
      parts.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: parts,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    const problem = form.querySelector("[data-passkey-problem]");
    if (!window.PublicKeyCredential || !button) continue;
    for (const hidden of form.querySelectorAll("[data-passkey-hidden]")) hidden.hidden = false;
    button.hidden = false;
    button.addEventListener("click", async () => {
      problem.textContent = "";
      try {
        const given = form.dataset.options || (await (await fetch(form.dataset.optionsFrom)).text());
        const options = asked(JSON.parse(given));
        const credential = await (form.dataset.passkey === "create"
          ? navigator.credentials.create(options)
          : navigator.credentials.get(options));
        form.elements.credential.value = JSON.stringify(answered(credential));
        form.submit();
      } catch (error) {
        problem.textContent =
          error.name === "InvalidStateError"
            ? "This device has a passkey for you already."
            : "No passkey was given. Try again, or use another way.";
      }
    });
  }
})();
