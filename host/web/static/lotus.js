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
