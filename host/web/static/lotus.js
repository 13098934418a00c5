// Small comforts. Every page is whole without this file.
"use strict";
// A print button is shown only where it works.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// After a form came back with errors, the summary is the first thing one hears and sees.
document.querySelector(".errors")?.focus();
// A second click on a button that sends is a mistake more often than a wish; the host would open one case anyway.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    setTimeout(() => { button.disabled = true; }, 0);
    // Back in the history, or slow: it can be sent again.
    setTimeout(() => { button.disabled = false; }, 8000);
  });
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit]")) button.disabled = false;
});
// A draft is saved when typing stops; the buttons below the form do the same without this file.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const status = form.querySelector("[data-draft-status]");
  let timer = 0, changed = false, saving = Promise.resolve();
  const save = () => {
    clearTimeout(timer);
    if (!changed) return saving;
    changed = false;
    // The browser itself says that this comes from the same site; the host refuses it from any other.
    saving = fetch(form.dataset.draft, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      keepalive: true,
    }).then((answer) => { if (!answer.ok) throw answer; status.textContent = form.dataset.saved; })
      .catch(() => {
        changed = true;
        status.textContent = form.dataset.notSaved;
        timer = setTimeout(save, 10000);
      });
    return saving;
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  // What is being sent is saved by being sent.
  form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
  // Another language or type size: first what was typed, then the page.
  for (const link of document.querySelectorAll(".options a")) {
    link.addEventListener("click", (event) => {
      if (!changed) return;
      event.preventDefault();
      save().then(() => { location.href = link.href; });
    });
  }
  addEventListener("pagehide", save);
}
// A page that watches something is read again when that has changed, unless somebody is writing in it.
for (const live of document.querySelectorAll("[data-live]")) {
  const events = new EventSource(live.dataset.live);
  events.addEventListener("changed", () => {
    const writing = document.activeElement?.closest("form");
    if (writing && live.contains(writing)) return;
    fetch(location.href, { credentials: "same-origin" }).then((answer) => answer.text()).then((text) => {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
      if (fresh) live.replaceChildren(...fresh.childNodes);
    });
  });
}
