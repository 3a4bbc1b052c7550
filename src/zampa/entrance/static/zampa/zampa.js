// What the pages do beside htmx; every page works without this file.
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector("#search");
    if (box && box.offsetParent !== null) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.menu[open], details.ask[open], .phone-bar details[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open], details.ask[open], .phone-bar details[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// What drops down under a search box: arrows walk it, Escape and a click elsewhere close it.
function closeSuggestions(but) {
  for (const list of document.querySelectorAll(".suggestions")) {
    if (!but || !list.parentElement.contains(but)) list.replaceChildren();
  }
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest(".search, .bigbox");
  if (!form) return;
  if (event.key === "Escape") closeSuggestions();
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [form.querySelector("input[type=search]"), ...form.querySelectorAll(".suggestions a")];
  if (!way || stops.length < 2) return;
  event.preventDefault();
  stops[(stops.indexOf(document.activeElement) + way + stops.length) % stops.length].focus();
});

document.addEventListener("click", (event) => closeSuggestions(event.target));

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const question = (button && button.dataset.confirm) || event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second click on a slow line must not send the act twice.
  if (event.target.method === "post" && button && !button.closest("#bulk")) {
    window.setTimeout(() => { button.disabled = true; }, 0);
  }
});

// Coming back by the browser's back button shows the page as it was left: free the buttons again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]:not([data-off])")) button.disabled = false;
});

function focusFaults() {
  const faults = document.querySelector("[data-focus]");
  if (faults) faults.focus();
}

function watchTicks() {
  const bulk = document.querySelector("#bulk .bulk");
  if (!bulk) return;
  const ticks = [...document.querySelectorAll("#bulk input[name=ids]")];
  const show = () => {
    const some = ticks.some((tick) => tick.checked);
    for (const button of bulk.querySelectorAll("button")) {
      button.disabled = !some;
      button.dataset.off = "";
    }
  };
  for (const tick of ticks) tick.addEventListener("change", show);
  show();
}

document.addEventListener("DOMContentLoaded", () => { focusFaults(); watchTicks(); });
document.addEventListener("htmx:afterSwap", watchTicks);
// Answers 4xx of our own pages carry their reason: show them in place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if ([403, 404, 409, 422, 503].includes(status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
