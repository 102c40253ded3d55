// The dialog with the molecule editor, which lives in a sandboxed frame and speaks by messages (editor/editor.js).

const dialog = document.querySelector("#sketch");
const frame = dialog.querySelector("iframe");
const sketched = document.querySelector("#sketched");
let isReady = false;
let use = () => {};

// Opens the editor with a molecule, or none; `taken` gets the SMILES of what was drawn.
export function sketch(smiles, taken) {
  use = taken;
  sketched.value = smiles;
  if (!frame.src) frame.src = "editor/index.html";
  dialog.showModal();
  frame.focus();
  if (isReady) show();
}

function show() {
  frame.contentWindow.postMessage({ show: sketched.value }, "*"); // the sandbox has no origin to name
}

addEventListener("message", ({ source, data }) => {
  if (source !== frame.contentWindow) return;
  if (data.ready) {
    isReady = true;
    if (sketched.value) show();
  }
  if (typeof data.smiles === "string" && dialog.open) sketched.value = data.smiles;
  if (data.cancel) dialog.close();
});

document.querySelector("#sketch-cancel").addEventListener("click", () => dialog.close());
document.querySelector("#sketch-use").addEventListener("click", () => {
  dialog.close();
  use(sketched.value);
});
