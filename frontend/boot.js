// Starts the islands of a page. A page without islands loads no WASM at all.
const hydrateAll = async (mod, node) => {
  for (const child of node.children) {
    if (child.tagName === "LEPTOS-ISLAND") {
      const start = mod[child.dataset.component];
      if (start) await start(child);
      else console.warn(`no island ${child.dataset.component}`);
    }
    await hydrateAll(mod, child);
  }
};

if (document.querySelector("leptos-island")) {
  // What the server would send with streamed pages; ours are sent whole.
  Object.assign(globalThis, { __RESOLVED_RESOURCES: [], __SERIALIZED_ERRORS: [], __INCOMPLETE_CHUNKS: [] });
  const mod = await import("/pkg/saldar.js");
  await mod.default({ module_or_path: "/pkg/saldar_bg.wasm" });
  mod.hydrate();
  await hydrateAll(mod, document.body);
  document.documentElement.dataset.islands = "ready";
}
