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
// What is found while typing, as links below the box; sending the form finds the same without this.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.hidden = true;
  box.form.append(list);
  let timer = 0, asked = "";
  const ask = () => {
    const typed = box.value.trim();
    // Numbers of people are never sent while typing.
    if (typed === asked || typed.replace(/\D/g, "").length > 10) return;
    asked = typed;
    if (!typed) { list.hidden = true; return; }
    fetch(box.dataset.suggest + "?q=" + encodeURIComponent(typed), { headers: { accept: "application/json" } })
      .then((answer) => answer.ok ? answer.json() : { suggestions: [] })
      .then(({ suggestions }) => {
        if (asked !== typed) return;
        const english = document.documentElement.lang === "en";
        list.replaceChildren(...suggestions.map(({ title, address }) => {
          const row = document.createElement("li"), link = document.createElement("a");
          link.href = address;
          link.textContent = (english && title.en) || title.zh;
          row.append(link);
          return row;
        }));
        list.hidden = suggestions.length === 0;
      }).catch(() => { list.hidden = true; });
  };
  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, 180);
  });
  box.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 180); });
  box.form.addEventListener("keydown", (event) => { if (event.key === "Escape") list.hidden = true; });
  box.form.addEventListener("focusout", (event) => { if (!box.form.contains(event.relatedTarget)) list.hidden = true; });
}
// How many would match a condition, while it is written; the button beside it does the same without this file.
for (const form of document.querySelectorAll("form[data-count]")) {
  const condition = form.querySelector("[name=condition]"), status = form.querySelector("[data-counted]");
  let timer = 0, asked = 0;
  condition.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = ++asked;
      fetch(form.dataset.count, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      }).then((answer) => { if (!answer.ok) throw answer; return answer.json(); })
        .then((live) => {
          if (now !== asked) return;
          status.textContent = live.said;
          condition.setAttribute("aria-invalid", live.is_wrong);
        })
        .catch(() => {});
    }, 600);
  });
}
