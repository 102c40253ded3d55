// What the page asks the server: its model, pictures, answers, explanations. Knows HTTP, no document. The key lives as long as the tab.

const KEY = "llamo.key";

export class Refused extends Error {
  constructor(status, { message, code } = {}) {
    super(message || `the server answered ${status}`);
    Object.assign(this, { status, code });
  }
}

export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

async function call(path, options = {}) {
  const headers = { ...options.headers };
  const key = sessionStorage.getItem(KEY);
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await fetch(path, { ...options, headers }).catch((error) => {
    throw error.name === "AbortError" ? error : new Refused(0, { message: "the server cannot be reached" });
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Refused(response.status, body.error);
}

// {id, retrieve}: its name, and how many captions it retrieves unless told otherwise; null where it has none.
export async function modelCard() {
  return (await (await call("v1/models")).json()).data[0];
}

const pictures = new Map();

// An <svg> element of a molecule. Throws Refused where it cannot be read; code "no_picture" where it can, but is not drawn.
export async function picture(smiles) {
  if (!pictures.has(smiles)) {
    const text = call(`draw?smiles=${encodeURIComponent(smiles)}`).then((response) => response.text());
    pictures.set(smiles, text);
    text.catch((error) => error.status === 400 || pictures.delete(smiles));
  }
  const svg = new DOMParser().parseFromString(await pictures.get(smiles), "image/svg+xml").documentElement;
  return document.importNode(svg, true);
}

function send(path, body, signal) {
  return call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
}

// Why a model gave an answer to {messages, retrieve}: the record of `llamo.explain`, with `html` that shows it.
export async function explanation(model, talk, answer, signal) {
  return (await send("v1/explanations", { model, ...talk, answer }, signal)).json();
}

// Pieces of the answer to {messages, retrieve}, as {text} and at last {reason}. Throws Refused.
export async function* answer(model, talk, signal) {
  const response = await send("v1/chat/completions", { model, ...talk, stream: true }, signal);
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return;
    const { error, choices } = JSON.parse(data);
    if (error) throw new Refused(response.status, error);
    const [{ delta, finish_reason: reason }] = choices;
    if (delta.content) yield { text: delta.content };
    if (reason) yield { reason };
  }
  throw new Refused(response.status, { message: "the connection ended before the answer did; ask again" });
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const parts = (waiting + value).split("\n\n");
    waiting = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) yield part.slice(6);
  }
}
