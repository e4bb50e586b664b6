"use strict";
// The few things that HTML and HTMX do not do by themselves. No library, no evaluation of texts, works under the policy.
(() => {
  const english = document.documentElement.lang === "en";
  const say = (chinese, other) => {
    document.getElementById("live").textContent = english ? other : chinese;
  };
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  const token = () => document.querySelector('meta[name="csrf-token"]');

  // --- Requests of parts of a page ---------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = token().content;
  });

  // A refusal does not replace what was typed: it goes into the form's answer slot, or to the top of the page.
  const slotFor = (element) =>
    element.closest("form")?.querySelector("[data-answer]") || document.getElementById("answer");

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status < 400) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = slotFor(requestConfig.elt);
    event.detail.swapOverride = "innerHTML";
  });
  document.addEventListener("htmx:sendError", () => say("网络中断，请重试", "The network failed, please try again"));

  const unmark = (form) => {
    for (const field of form.querySelectorAll(".is-invalid")) {
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
    }
    for (const text of form.querySelectorAll("[data-made]")) text.remove();
  };
  const mark = (form, item) => {
    const field = form.querySelector(`#f-${CSS.escape(item.dataset.field)}`);
    if (!field) return;
    const text = document.createElement("span");
    text.className = "e";
    text.dataset.made = "";
    text.id = `e-${item.dataset.field}`;
    text.textContent = item.dataset.text;
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== text.id);
    field.setAttribute("aria-describedby", [...others, text.id].join(" "));
    (field.closest(".tb-field, .tb-score .i") || field.parentElement).append(text);
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (!form) return;
    unmark(form);
    const slot = form.querySelector("[data-answer]");
    if (slot) slot.textContent = "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const refusal = event.target.querySelector?.("[data-refusal]");
    if (!refusal) return;
    const form = refusal.closest("form");
    if (form) for (const item of refusal.querySelectorAll("[data-field]")) mark(form, item);
    refusal.focus();
    if (refusal.querySelector('a[href="/login"]')) waitForSignIn();
  });

  // Signed in again in another window: take over the new token, so that the form as typed can be sent.
  const waitForSignIn = () => {
    const renew = async () => {
      const answer = await fetch("/session/token", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { csrf } = await answer.json();
      token().content = csrf;
      for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = csrf;
      removeEventListener("focus", renew);
    };
    addEventListener("focus", renew);
  };

  // --- Clicks and keys ---------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
    const close = event.target.closest("[data-close]");
    if (close) {
      const box = close.closest("details");
      box.open = false;
      box.querySelector("summary").focus();
    }
    const back = event.target.closest("[data-back]");
    if (back && history.length > 1) {
      event.preventDefault();
      history.back();
    }
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      for (const [name, value] of Object.entries(JSON.parse(fill.dataset.fill))) {
        const field = document.getElementById(`f-${name}`);
        if (field) field.value = value;
      }
    }
    const link = event.target.closest('[data-refusal] a[href^="#f-"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing() && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.getElementById("gq");
      if (search && search.offsetParent) {
        event.preventDefault();
        search.focus();
      }
    }
    if (event.key === "Escape") {
      const box = document.activeElement.closest("details.tb-confirm[open]");
      if (box) {
        box.open = false;
        box.querySelector("summary").focus();
      }
    }
  });
})();
