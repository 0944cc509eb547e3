// Requests and answers against Stripe's published description (`openapi.json`, cut by slice.py).

import { readFileSync } from "node:fs";

import { Problem, invalid } from "./errors.mjs";

export const spec = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));
export const VERSION = spec.version;

const templates = Object.keys(spec.paths).map((template) => ({ template, wanted: template.split("/") }));

// The path's template and the values in it; null for what the slice does not hold.
export function match(path) {
  let parts;
  try {
    parts = path.split("/").map(decodeURIComponent);
  } catch {
    return null;
  }
  const fits = ({ wanted }) =>
    wanted.length === parts.length &&
    wanted.every((part, at) => (part.startsWith("{") ? parts[at] !== "" : part === parts[at]));
  const found = templates.find(fits);
  if (!found) return null;
  return { template: found.template, values: parts.filter((_, at) => found.wanted[at].startsWith("{")) };
}

// Checks a request and gives its parameters with their types: numbers, booleans and lists.
export function check(template, method, params) {
  const operation = spec.paths[template][method];
  if (!operation) {
    throw new Problem(404, "invalid_request_error", undefined, `Unrecognized request URL (${method.toUpperCase()}: ${template}).`, {}, true);
  }
  return typed(method === "get" ? operation.query : operation.form, params, "");
}

const named = (param, name) => (param ? `${param}[${name}]` : name);

function typed(schema, value, param) {
  if (schema.anyOf) return either(schema.anyOf, value, param);
  switch (schema.type) {
    case "object":
      return object(schema, value, param);
    case "array":
      return array(schema, value, param);
    case "integer":
      if (typeof value !== "string" || !/^-?\d{1,15}$/.test(value)) {
        if (value === "") throw empty(param);
        throw invalid(param, "parameter_invalid_integer", `Invalid integer: ${show(value)}`);
      }
      return Number(value);
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
      if (!Number.isFinite(number)) throw invalid(param, "parameter_invalid_number", `Invalid number: ${show(value)}`);
      return number;
    }
    case "boolean":
      if (value !== "true" && value !== "false") {
        throw invalid(param, "parameter_invalid_boolean", `Invalid boolean: ${show(value)}`);
      }
      return value === "true";
    case "string":
      return string(schema, value, param);
    default:
      return value;
  }
}

const show = (value) => (typeof value === "string" ? value : "an object");

const empty = (param) =>
  invalid(param, "parameter_invalid_empty", `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`);

function string(schema, value, param) {
  if (typeof value !== "string") throw invalid(param, "parameter_invalid_string", `Invalid string: ${show(value)}`);
  if (schema.enum && !schema.enum.includes(value)) {
    const some = schema.enum.filter((one) => one !== "");
    throw invalid(param, "parameter_invalid_enum", `Invalid ${param}: must be one of ${some.join(", ")}`);
  }
  if (value === "" && !schema.enum) throw empty(param);
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    throw invalid(param, "parameter_invalid_string_too_long", `Invalid string: ${value.slice(0, 10)}...; must be at most ${schema.maxLength} characters`);
  }
  return value;
}

// An "any of" is settled by the shape of the value, so that the error names the right parameter.
function either(options, value, param) {
  const nested = typeof value === "object";
  const likely = options.filter((option) => (option.type === "object" || option.type === "array") === nested);
  let last;
  // An empty string unsets what may be unset; otherwise the fullest option makes the message.
  for (const option of [...likely].sort((a, b) => Number(Boolean(a.enum)) - Number(Boolean(b.enum)))) {
    try {
      return typed(option, value, param);
    } catch (error) {
      last ??= error;
    }
  }
  if (last) throw last;
  if (nested) throw invalid(param, "parameter_invalid_string", "Invalid string: an object");
  if (value === "") throw empty(param);
  throw options.some((option) => option.type === "array")
    ? invalid(param, "parameter_invalid_array", "Invalid array")
    : invalid(param, "parameter_invalid_object", "Invalid object");
}

function array(schema, value, param) {
  if (typeof value !== "object") throw value === "" ? empty(param) : invalid(param, "parameter_invalid_array", "Invalid array");
  const keys = Object.keys(value);
  if (!keys.every((key) => /^\d{1,6}$/.test(key))) throw invalid(param, "parameter_invalid_array", "Invalid array");
  return keys.sort((a, b) => a - b).map((key) => typed(schema.items ?? {}, value[key], named(param, key)));
}

function object(schema, value, param) {
  if (typeof value !== "object") throw value === "" ? empty(param) : invalid(param, "parameter_invalid_object", "Invalid object");
  const properties = schema.properties ?? {};
  const out = {};
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) out[name] = typed(known, part, named(param, name));
    else if (schema.additionalProperties) {
      // Metadata: an empty value deletes the key, so it may be empty.
      const open = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
      out[name] = part === "" ? "" : typed(open, part, named(param, name));
      if (/(^|\[)metadata\]?$/.test(param)) metadata(name, part, param);
    } else {
      throw invalid(named(param, name), "parameter_unknown", `Received unknown parameter: ${named(param, name)}`);
    }
  }
  if (/(^|\[)metadata\]?$/.test(param) && Object.keys(out).length > 50) {
    throw invalid(param, undefined, "Metadata can have up to 50 keys");
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) {
      throw invalid(named(param, name), "parameter_missing", `Missing required param: ${named(param, name)}.`);
    }
  }
  return out;
}

function metadata(name, value, param) {
  if (name.length > 40) throw invalid(named(param, name), undefined, "Metadata keys can be up to 40 characters");
  if (typeof value !== "string") throw invalid(named(param, name), undefined, "Metadata values must be strings");
  if ([...value].length > 500) throw invalid(named(param, name), undefined, "Metadata values can have up to 500 characters");
}

// --- answers -----------------------------------------------------------------------------------

// What is wrong with an answer, as `path: reason`; an empty list when it is as described.
export function lacks(answer) {
  if (answer?.deleted) return [];
  if (answer?.object === "list") return answer.data.flatMap((one, at) => lacks(one).map((text) => `data[${at}].${text}`));
  const schema = spec.answers[answer?.object];
  return schema ? wrong(schema, answer, answer.object) : [`no description of ${answer?.object}`];
}

function wrong(schema, value, at) {
  if (schema.$ref) return wrong(spec.answers[schema.$ref], value, at);
  if (value === null) return schema.nullable ? [] : [`${at}: null`];
  if (schema.object) {
    if (typeof value !== "object") return [`${at}: not an object`];
    return value.object === schema.object || value.deleted ? [] : [`${at}: not a ${schema.object}`];
  }
  if (schema.anyOf) {
    const tries = schema.anyOf.map((option) => wrong(option, value, at));
    return tries.find((found) => found.length === 0) ?? tries.sort((a, b) => a.length - b.length)[0];
  }
  const type = Array.isArray(value) ? "array" : typeof value;
  const fits = { integer: Number.isInteger(value), number: type === "number" }[schema.type] ?? (!schema.type || type === schema.type);
  if (!fits) return [`${at}: ${type} instead of ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is not one of ${schema.enum}`];
  if (type === "array") return value.flatMap((one, n) => wrong(schema.items ?? {}, one, `${at}[${n}]`));
  if (type !== "object") return [];
  const out = (schema.required ?? []).filter((name) => value[name] === undefined).map((name) => `${at}.${name}: missing`);
  for (const [name, part] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known) out.push(...wrong(known, part, `${at}.${name}`));
    else if (typeof schema.additionalProperties === "object") out.push(...wrong(schema.additionalProperties, part, `${at}.${name}`));
    else if (schema.properties && !schema.additionalProperties) out.push(`${at}.${name}: not described`);
  }
  return out;
}
