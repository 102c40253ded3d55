// Starts JSME in this document and speaks with the page around it. Knows nothing of that page but these messages:
// in {show: SMILES}; out {ready: true}, {smiles: SMILES} after each change, {cancel: true} on Escape.
//
// JSME's own loader needs eval and a frame inside the frame, which a sandbox without an origin forbids. This loader runs the
// same files in this document: no eval, and the sandbox stays closed.

"use strict";

const isWebkit = /webkit/i.test(navigator.userAgent);
const build = isWebkit ? "D44A6B2FA009371519F96969020A9CF0" : "DF562A19E2DB53DC47045F14B3DC6551";
const base = new URL("jsme/", document.baseURI).href;
// What JSME asks about the browser.
const properties = {
  "compat.mode": "CSS1Compat",
  "drag_and_drop_support_html5": "true",
  "is_android_or_ios": String(/iphone|ipad|android/i.test(navigator.userAgent)),
  "msie_clipboard": "false",
  "user.agent": isWebkit ? "safari" : "gecko1_8",
};

function run(code) {
  const script = document.createElement("script");
  script.text = code;
  document.head.append(script);
  script.remove();
}

function load(path) {
  const script = document.createElement("script");
  script.src = path;
  document.head.append(script);
}

window.$wnd = window; // where JSME expects its page
// The names by which GWT's code finds its loader.
window.jsme = Object.assign(() => {}, {
  __sendStats() {},
  __errFn: null,
  __moduleName: "jsme",
  __moduleBase: base,
  __softPermutationId: 6,
  __computePropValue: (name) => properties[name],
  __getPropMap: () => properties,
  __installRunAsyncCode: run,
  __startLoadingFragment: (path) => new URL(path, base).href,
  onScriptDownloaded: (codes) => codes.forEach(run),
});
window.__gwt_activeModules = { jsme: { moduleName: "jsme", moduleBase: base, bindings: properties } };

function tell(message) {
  window.parent.postMessage(message, "*"); // who may be the parent is said by frame-ancestors
}

window.jsmeOnLoad = () => {
  const applet = new JSApplet.JSME("editor", "100%", "100%", { options: "newlook,star,nozoom" });
  const report = () => tell({ smiles: applet.smiles() });
  applet.setCallBack("AfterStructureModified", report);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || typeof event.data?.show !== "string") return;
    if (event.data.show) applet.readGenericMolecularInput(event.data.show);
    else applet.reset();
  });
  tell({ ready: true });
};

window.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tell({ cancel: true });
});

load(`${base}${build}.cache.js`);
