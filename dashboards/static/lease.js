// Holds a case while its page is open: renews the lease, and lets go of it when the page is left. Without it the
// case is held for as long as the policy says, and then free.
"use strict";

{
  const form = document.getElementById("decision-form");
  const token = form.elements.csrf_token.value;
  let until = form.dataset.leaseUntil;

  const body = () => new URLSearchParams({ csrf_token: token, until_ns: until });

  function lose() {
    document.getElementById("lost-lease").hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }

  async function renew() {
    try {
      const answer = await fetch(form.dataset.lease, { method: "POST", body: body() });
      if (answer.ok) until = (await answer.json()).until_ns;
      else if (answer.status === 409) lose();
    } catch {
      // The network is away: the next turn tries again, and an answer is checked in any case.
    }
  }

  // Three times a lease, so that one that fails costs nothing.
  setInterval(() => document.hidden || renew(), (Number(form.dataset.leaseS) * 1000) / 3);
  document.addEventListener("visibilitychange", () => document.hidden || renew());
  // An answer keeps the case until it is applied, and one that is not complete is asked for again.
  let isAnswered = false;
  form.addEventListener("submit", () => (isAnswered = true));
  addEventListener("pagehide", () => isAnswered || navigator.sendBeacon(`${form.dataset.lease}/released`, body()));
  // Shown again out of the browser's memory, after it was let go of.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
