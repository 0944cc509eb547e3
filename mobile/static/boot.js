// Starts the app and looks after its newer versions. A newer version never replaces a running page by itself:
// it waits until the person accepts it.
import init from "__JS__";

init({ module_or_path: "__WASM__" }).catch((error) => {
  console.error(error);
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = "No se pudo abrir la aplicación. Cierre y abra de nuevo. · The app could not open. Close and open it again.";
  document.body.append(text);
});

const announceUpdate = () => window.dispatchEvent(new Event("saldar:update"));

if ("serviceWorker" in navigator) {
  let accepted = false;
  navigator.serviceWorker
    .register("/field/sw.js", { scope: "/field/", updateViaCache: "none" })
    .then((registration) => {
      const offer = (worker) => {
        if (!worker || !navigator.serviceWorker.controller) return;
        const ready = () => worker.state === "installed" && announceUpdate();
        ready();
        worker.addEventListener("statechange", ready);
      };
      offer(registration.waiting);
      registration.addEventListener("updatefound", () => offer(registration.installing));
      window.addEventListener("saldar:activate", () => {
        accepted = true;
        registration.waiting?.postMessage("activate");
      });
      // A phone that stays open all week still hears of new versions.
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") registration.update().catch(() => {});
      });
    })
    .catch((error) => console.error(error));
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (accepted) window.location.reload();
  });
}
