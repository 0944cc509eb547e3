// Bodies and queries as Stripe takes them: `a[b][0][c]=x`, `expand[]=y`. Lists stay objects with
// counted keys here; the validator, which knows what is a list, turns them into arrays.

const bag = () => Object.create(null);

export function parse(text) {
  const root = bag();
  for (const [path, value] of new URLSearchParams(text)) {
    const [head, ...tail] = path.split("[");
    const keys = [head, ...tail.map((key) => key.replace(/\]$/, ""))];
    let place = root;
    keys.forEach((key, at) => {
      const name = key === "" && at > 0 ? String(Object.keys(place).length) : key;
      if (at === keys.length - 1) place[name] = value;
      else {
        if (typeof place[name] !== "object") place[name] = bag();
        place = place[name];
      }
    });
  }
  return root;
}

// The same parameters in any order and either list spelling are one text.
export function canonical(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
