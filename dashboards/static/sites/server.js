// Questions to our own server; each carries the token that proves that this page is ours.

const token = () => document.querySelector("meta[name=csrf-token]").content;

// The answer, or {problem: sentence} where there is none.
export async function ask(address, body) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": token() },
      body: JSON.stringify(body),
    });
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    if (isJson) return await response.json();
    return { problem: response.status === 403 ? "This page has expired; load it again." : "The server did not answer as expected; load the page again." };
  } catch {
    return { problem: "The server does not answer; is it still running?" };
  }
}

// Calls `work` for the last of many calls, and never twice at once.
export function latest(work, pause_ms) {
  let timer = null;
  let busy = false;
  let wanted = null;
  const run = async () => {
    if (busy || wanted === null) return;
    const call = wanted;
    wanted = null;
    busy = true;
    try {
      await work(...call);
    } finally {
      busy = false;
      if (wanted !== null) timer = setTimeout(run, pause_ms);
    }
  };
  return (...call) => {
    wanted = call;
    clearTimeout(timer);
    timer = setTimeout(run, pause_ms);
  };
}

export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
