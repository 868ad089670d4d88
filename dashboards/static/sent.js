// What became of the answers that were sent: asked for until all of them are recorded, while somebody looks.
"use strict";

{
  const sent = document.getElementById("sent");
  const LONGEST_MS = 10_000;
  let wait_ms = 700;

  async function ask() {
    // What is told once is not told to a page that nobody looks at, and nothing is taken from under who presses it.
    if (!document.hidden && !sent.contains(document.activeElement)) {
      try {
        const answer = await fetch(sent.dataset.address);
        if (answer.ok && !answer.redirected) sent.innerHTML = await answer.text();
      } catch {
        // The network is away: the next turn tries again.
      }
    }
    if (!sent.querySelector(".pending")) return;
    wait_ms = Math.min(2 * wait_ms, LONGEST_MS);
    setTimeout(ask, wait_ms);
  }

  if (sent?.querySelector(".pending")) setTimeout(ask, wait_ms);
}
