// The button under an answer that explains it, in place of the answer's plain text.

import { enliven } from "./explanation/view.js";
import { element } from "./elements.js";

// `request` gives the record for a signal to stop by; `refused` hears why there is none.
export function explainButton(answer, request, refused) {
  const button = element("button", { type: "button", textContent: "Explain" });
  const told = element("span", { className: "told" });
  told.setAttribute("role", "status");
  let running = null; // an AbortController
  let shown = null; // the explanation

  function tell(label, text = "", isProblem = false) {
    button.textContent = label;
    told.textContent = text;
    told.classList.toggle("problem", isProblem);
    if (shown) answer.hidden = !shown.hidden;
    button.setAttribute("aria-expanded", String(Boolean(shown && !shown.hidden)));
  }

  async function explain() {
    running = new AbortController();
    tell("Stop", "Leaving out every atom and group once …");
    try {
      const record = await request(running.signal);
      shown = viewOf(record);
      bar.after(shown);
      enliven(shown, record);
      tell("Hide explanation");
      bar.scrollIntoView({ block: "start" });
    } catch (error) {
      if (error.name === "AbortError") return tell("Explain");
      refused(error);
      tell("Explain", `No explanation: ${error.message}`, true);
    } finally {
      running = null;
    }
  }

  button.addEventListener("click", () => {
    if (running) return running.abort();
    if (!shown) return explain();
    shown.hidden = !shown.hidden;
    tell(shown.hidden ? "Explain" : "Hide explanation");
  });
  const bar = element("p", { className: "explaining" }, button, " ", told);
  tell("Explain");
  return bar;
}

// The server has escaped every text in it.
function viewOf({ html }) {
  const view = document.importNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild, true);
  view.setAttribute("aria-live", "off"); // the talk around it reads out what is added
  return view;
}
