// The field app's service worker: keeps the app's own files, so that it opens without a network.
// It never stores an answer of the server: what was recorded and what is owed live in IndexedDB, where they are
// written together or not at all.

const BUILD = "__BUILD__";
const FILES = /*__PRECACHE__*/;
const CACHE = `saldar-field-${BUILD}`;
const PREFIX = "saldar-field-";
const INDEX = "/field/";

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Fetches one file past every other cache and makes sure that it is the very one of this build: half an old and
// half a new version must never run together.
async function fetchExact({ url, sha256 }) {
  const response = await fetch(url, { cache: "no-store", credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  const body = await response.clone().arrayBuffer();
  const digest = hex(await crypto.subtle.digest("SHA-256", body));
  if (digest !== sha256) throw new Error(`${url}: not the file of build ${BUILD}`);
  return [url, response];
}

// All files or none: the cache is filled only after every file was fetched and checked.
async function install() {
  const fetched = await Promise.all(FILES.map(fetchExact));
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(fetched.map(([url, response]) => cache.put(url, response)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // The first visit works offline at once, without a reload.
  await self.clients.claim();
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const cached = await cache.match(request.mode === "navigate" ? INDEX : url.pathname);
  return cached ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === self.location.origin && url.pathname.startsWith("/field");
  const api = url.pathname.startsWith("/field/v1/");
  if (request.method !== "GET" || !ours || api) return;
  event.respondWith(answer(request, url));
});

// Only the person decides when a newer version takes over.
self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});
