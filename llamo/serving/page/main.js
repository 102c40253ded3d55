// Wires the page: asks, shows the answer as it comes, keeps the talk, and asks for a key where the server does.

import { drawn, element, exchangeView } from "./elements.js";
import { explainButton } from "./explaining.js";
import { Molecules } from "./molecules.js";
import { answer, explanation, modelCard, useKey } from "./server.js";
import { Talk } from "./talk.js";

const MOLECULES = { Aspirin: "CC(=O)Oc1ccccc1C(=O)O", Caffeine: "Cn1c(=O)c2c(ncn2C)n(C)c1=O", Menthol: "CC(C)C1CCC(C)CC1O" };
const QUESTIONS = ["Describe this molecule.", "Count the rings.", "Does it contain an ester?", "Give the formula."];
const find = (selector) => document.querySelector(selector);
const CAPTIONS = 3; // where the model does not say how many
const [scroller, list, question, send, keyForm] = ["#scroller", "#talk", "#question", "#send", "#key-form"].map(find);
const captions = find("#captions");
const talk = new Talk();
const molecules = new Molecules(refused);
let model = null;
let retrieve = null; // captions where the switch is on; null for a model without an index
let running = null; // an AbortController while an answer comes

async function start() {
  find("#questions").append(...QUESTIONS.map((text) => choice(text, () => ask(text), text)));
  showTalk();
  toEnd();
  try {
    await connect();
  } catch (error) {
    refused(error);
  }
}

function showTalk() {
  list.replaceChildren(...talk.exchanges.map(exchangeView));
  talk.exchanges.forEach((exchange, place) => offerExplanation(list.children[place], exchange));
  arrange();
}

async function connect() {
  const card = await modelCard();
  model = card.id;
  retrieve = card.retrieve === null ? null : card.retrieve || CAPTIONS;
  captions.checked = Boolean(card.retrieve);
  captions.parentElement.hidden = retrieve === null;
  find("#model").textContent = model;
  const cards = Object.entries(MOLECULES).map(([name, smiles]) => choice(name, () => molecules.write(smiles), drawn(smiles), name));
  find("#examples").replaceChildren(...cards);
}

function choice(label, action, ...children) {
  const button = element("button", { type: "button" }, ...children);
  button.setAttribute("aria-label", label);
  button.addEventListener("click", action);
  return element("li", {}, button);
}

function ask(text) {
  question.value = text;
  question.focus();
}

async function submit() {
  const text = question.value.trim();
  if (running || !text) return;
  running = new AbortController();
  arrange();
  try {
    if (!model) await connect();
    const taken = await molecules.take();
    if (taken) {
      question.value = "";
      await converse(talk.add(taken, text, retrieve === null || captions.checked ? retrieve : 0));
    }
  } catch (error) {
    refused(error);
  } finally {
    running = null;
    arrange();
  }
}

async function converse(exchange) {
  const view = exchangeView(exchange);
  view.setAttribute("aria-busy", "true");
  list.append(view);
  arrange();
  toEnd();
  try {
    for await (const { text, reason } of answer(model, talk.upTo(exchange), running.signal)) {
      if (text) exchange.answer += text;
      if (reason === "length") exchange.note = "The answer reached its greatest length.";
      grow(view, exchange);
    }
  } catch (error) {
    exchange.note = error.name === "AbortError" ? "Stopped." : advice(error);
    exchange.failed = error.name !== "AbortError";
    if (exchange.failed) {
      question.value ||= exchange.question;
      molecules.restore(exchange.molecules);
    }
    if (error.status === 401) refused(error);
  }
  if (!exchange.answer && !exchange.note) exchange.note = "The answer is empty.";
  view.removeAttribute("aria-busy");
  offerExplanation(view, exchange);
  grow(view, exchange);
  talk.save();
}

function offerExplanation(view, exchange) {
  if (!talk.isExplicable(exchange)) return;
  const request = async (signal) => {
    if (!model) await connect();
    return explanation(model, talk.upTo(exchange), exchange.answer, signal);
  };
  view.append(explainButton(view.querySelector(".answer"), request, refused));
}

function grow(view, exchange) {
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
  view.querySelector(".answer").textContent = exchange.answer;
  view.querySelector(".note").textContent = exchange.note;
  if (isAtEnd) toEnd();
}

function advice(error) {
  return error.code === "context_length_exceeded" ? `${error.message}. "Clear talk" makes room.` : `No answer: ${error.message}`;
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

// Shows what fits the state: stop instead of send, the greeting only in front of an empty talk.
function arrange() {
  send.textContent = running ? "Stop" : "Send";
  find("#welcome").hidden = find("#clear").hidden = false;
  find(talk.exchanges.length ? "#welcome" : "#clear").hidden = true;
}

function refused(error) {
  if (error.status === 401) {
    keyForm.hidden = false;
    find("#key").focus();
  } else if (!model) {
    find("#model").textContent = error.message;
  }
}

find("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else submit();
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
find("#clear").addEventListener("click", () => {
  running?.abort();
  talk.clear();
  showTalk();
  question.focus();
});
keyForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  useKey(find("#key").value);
  try {
    await connect();
    keyForm.hidden = true;
    if (!running) showTalk(); // now with pictures
    find("#key-problem").textContent = "";
    question.focus();
  } catch (error) {
    find("#key-problem").textContent = error.message;
  }
});
start();
