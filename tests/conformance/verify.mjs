// A second verifier, written from docs/log.md alone: node verify.mjs LOGDIR --key VKEY
//   [--proof FILE] [--answers FILE.csv|.jsonl] [--since CHECKPOINT]
// Prints {"status", "findings"}; exit 0 verified, 1 failed, 3 cannot tell.
import { createCipheriv, createHash, createPublicKey, hkdfSync, verify } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const findings = [];
const fail = (where, what) => findings.push({ status: "failed", where, what });
const unsure = (where, what) => findings.push({ status: "cannot_tell", where, what });
const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const hex = (...parts) => sha(...parts).toString("hex");
const leafHash = (data) => sha(Buffer.from([0]), data);
const nodeHash = (l, r) => sha(Buffer.from([1]), l, r);
function check(condition, what) { if (!condition) throw new Error(what); }
function strict(text, encoding = "base64") {
  const data = Buffer.from(String(text), encoding);
  check(data.toString(encoding) === text, `not canonical ${encoding}`);
  return data;
}
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
}

// --- RFC 6962 -------------------------------------------------------------------------------
function rootOf(leaves) {
  if (!leaves.length) return sha("");
  let level = leaves;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(nodeHash(level[i], level[i + 1]));
    if (level.length % 2) next.push(level.at(-1)); // an odd one goes up as it is: the RFC's split
    level = next;
  }
  return level[0];
}
function rootFromPath(leaf, index, size, path) {
  check(Number.isInteger(index) && index >= 0 && index < size, "the index is not in the tree");
  let [found, at, last, rest] = [leaf, index, size - 1, [...path]];
  while (last > 0) {
    if (at % 2) found = nodeHash(next(rest), found);
    else if (at < last) found = nodeHash(found, next(rest));
    at = Math.floor(at / 2); last = Math.floor(last / 2);
  }
  check(!rest.length, "the path is too long");
  return found;
}
function next(rest) { check(rest.length, "the path is too short"); return rest.shift(); }

// --- keys and notes -------------------------------------------------------------------------
const ed25519 = (raw) => createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") } });
function vkey(text) {
  const [, name, named, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim());
  const data = strict(encoded);
  check(data[0] === 1 && data.length === 33, "not an Ed25519 log key");
  const hash = sha(`${name}\n`, data).subarray(0, 4);
  check(hash.toString("hex") === named, "the key's hash is not its own");
  return { name, hash, key: ed25519(data.subarray(1)) };
}
function openCheckpoint(note, log) {
  const text = note.toString("utf8");
  check(Buffer.from(text).equals(Buffer.from(note)), "not UTF-8");
  const at = text.lastIndexOf("\n\n");
  check(at > 0 && text.endsWith("\n"), "not a signed note");
  const body = text.slice(0, at + 1);
  let own = 0;
  for (const line of text.slice(at + 2, -1).split("\n")) {
    const words = line.split(" ");
    check(words.length === 3 && words[0] === "\u2014", "a line is no signature");
    const data = strict(words[2]);
    if (words[1] !== log.name || !data.subarray(0, 4).equals(log.hash)) continue;
    check(verify(null, Buffer.from(body), log.key, data.subarray(4)), "the signature is not the log's");
    own += 1;
  }
  check(own === 1, "not signed once by the log's key");
  const [origin, size, root, ...more] = body.slice(0, -1).split("\n");
  check(origin === log.name && /^(0|[1-9]\d*)$/.test(size) && !more.length, "not a checkpoint of this log");
  return { size: Number(size), root: strict(root) };
}
class Person {
  constructor(entry) {
    this.entry = entry; this.revoked = false;
    const { kty, crv, x, y } = entry.key;
    const members = kty === "EC" ? { crv, kty, x, y } : { crv, kty, x };
    this.thumbprint = sha(canonical(members)).toString("base64url");
    this.ec = kty === "EC";
    this.key = createPublicKey({ format: "jwk", key: members });
  }
  signed(signature, data) {
    if (signature.length !== 64) return false;
    return this.ec ? verify("sha256", data, { key: this.key, dsaEncoding: "ieee-p1363" }, signature)
      : verify(null, data, this.key, signature);
  }
}

// --- files ----------------------------------------------------------------------------------
function tileName(index, width) {
  let name = String(index % 1000).padStart(3, "0");
  for (let n = Math.floor(index / 1000); n; n = Math.floor(n / 1000)) name = `x${String(n % 1000).padStart(3, "0")}/${name}`;
  return width === 256 ? name : `${name}.p/${width}`;
}
function readLog(folder, log) {
  const head = openCheckpoint(readFileSync(join(folder, "checkpoint")), log);
  const entries = [];
  for (let index = 0; index * 256 < head.size; index += 1) {
    const width = Math.min(256, head.size - index * 256);
    const data = readFileSync(join(folder, "tile/entries", tileName(index, width)));
    let at = 0, count = 0;
    for (; at < data.length; count += 1) {
      const length = data.readUInt16BE(at);
      check(at + 2 + length <= data.length, "an entry bundle is cut short");
      entries.push(data.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    check(count === width, `bundle ${index} has not ${width} entries`);
  }
  const leaves = entries.map(leafHash);
  let level = leaves;
  for (let height = 0; level.length; height += 1) {
    for (let index = 0; index * 256 < level.length; index += 1) {
      const part = level.slice(index * 256, index * 256 + 256);
      const path = join("tile", String(height), tileName(index, part.length));
      if (!existsSync(join(folder, path))) fail(path, "missing");
      else if (!readFileSync(join(folder, path)).equals(Buffer.concat(part))) fail(path, "does not follow");
    }
    level = Array.from({ length: Math.floor(level.length / 256) }, (_, n) => rootOf(level.slice(n * 256, n * 256 + 256)));
  }
  if (!rootOf(leaves).equals(head.root)) fail("checkpoint", "its root does not follow");
  return { head, entries, leaves };
}

// --- entries --------------------------------------------------------------------------------
const REQUEST = "case request request_id requester agreement agreement_digest records records_root files";
const STAGE = "case authority files";
const FIELDS = {
  "site.created": "custodian origin software answers_key", "person.added": "person organisation roles key",
  "person.revoked": "person key since signatures", "agreement.adopted": "agreement digest signatures",
  "agreement.amended": "agreement digest replaces begins until signatures", "agreement.renewed": "agreement digest until signatures",
  "agreement.suspended": "agreement ground order file signatures", "agreement.resumed": "agreement file signatures",
  "agreement.ended": "agreement signatures", "safeguards.recorded": "requester fact finding on due signatures",
  "delegation.given": "agreement delegator delegate begins ends file signatures", "delegation.withdrawn": "agreement delegate given signatures",
  "snapshot.loaded": "snapshot people addresses rejected", "model.installed": "model digest evaluation",
  "request.received": REQUEST, "request.refused": `${REQUEST} reasons`, "case.screened": `${STAGE} counts`,
  "case.refused": `${STAGE} counts reasons`, "case.matched": `${STAGE} veiled`, "pair.decided": "officer file veiled",
  "case.released": `${STAGE} counts officers answers_root answers_size veiled`, "case.expired": "case due files",
  "witnesses.named": "required witnesses signatures", "custody.rotated": "old new signatures",
};
const AFTER = {
  "request.received": [undefined], "request.refused": [undefined], "case.screened": ["request.received"],
  "case.refused": ["request.received"], "case.matched": ["case.screened"], "case.released": ["case.matched"],
  "case.expired": ["request.received", "request.refused", "case.screened", "case.refused", "case.matched", "case.released"],
};
const PARTS = ["refused", "confirmed", "not_confirmed"];
function addsUp(counts, parts) {
  return parts.every((p) => Number.isInteger(counts[p]) && counts[p] >= 0) && counts.records === parts.reduce((sum, p) => sum + counts[p], 0);
}
function signers(said, signatures, statement) {
  return signatures.map(({ person, key, signature }) => {
    const known = said.people.get(person);
    check(known && known.thumbprint === key && !known.revoked, `${person} has no such key`);
    check(known.signed(strict(signature), Buffer.from(canonical(statement))), `the signature of ${person} is not over this`);
    return person;
  });
}
function follow(said, entry) {
  const value = JSON.parse(entry.toString("utf8"));
  check(Buffer.from(canonical(value)).equals(entry), "not in canonical form");
  check(value.v === 1 && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value.at), "not an entry of version 1");
  if (!(value.event in FIELDS)) return false;
  check(canonical(Object.keys(value).sort()) === canonical(["v", "at", "event", ...FIELDS[value.event].split(" ")].sort()), "other fields than its kind");
  const { event } = value;
  if (event in AFTER) {
    check(AFTER[event].includes(said.states.get(value.case)), "it cannot follow in its case");
    said.states.set(value.case, event);
    const asked = said.cases.get(value.case);
    if (event.startsWith("request.")) {
      said.cases.set(value.case, value);
      if (event === "request.received") check(said.adopted.has(`${value.agreement} ${value.agreement_digest}`), "its agreement was not adopted");
    } else if (value.authority) {
      check(value.authority.agreement === asked.agreement_digest, "another agreement than was asked under");
      check(!value.authority.snapshot || said.snapshots.has(value.authority.snapshot), "a register that was not loaded");
    }
    if (event === "case.screened" || event === "case.refused") {
      check(addsUp(value.counts, [...PARTS, "review", "open"]) && value.counts.records === asked.records, "counts do not add up");
      check(value.counts.refused + value.counts.open === asked.records, "answered before anything was looked up");
      said.refused.set(value.case, value.counts.refused);
    }
    if (event === "case.released") {
      check(addsUp(value.counts, PARTS) && value.counts.records === asked.records && value.answers_size === asked.records, "counts do not add up");
      check(value.counts.refused === said.refused.get(value.case), "not as many are refused as screening refused");
      const { answers_root, answers_size, counts } = value;
      const by = signers(said, value.officers, { answers_root, answers_size, counts, release: value.case });
      check(new Set(by).size === 2 && by.length === 2, "not signed by two officers");
      for (const person of by) {
        const { roles, organisation } = said.people.get(person).entry;
        check(roles.includes("release-officer") && organisation === said.site.custodian, `${person} may not release`);
      }
    }
  }
  if (value.signatures) {
    const { signatures, ...statement } = value;
    const over = event === "agreement.adopted" ? { adopt: value.agreement, digest: value.digest } : statement;
    check(signers(said, signatures, over).length, "nobody has signed it");
  }
  if (event === "site.created") { check(!said.site, "a site is made once"); said.site = value; said.gate = new Person({ key: value.answers_key }); }
  if (event === "person.added") { check(!said.people.has(value.person), "added before"); said.people.set(value.person, new Person(value)); }
  if (event === "person.revoked") said.people.get(value.person).revoked = true;
  if (event === "agreement.adopted" || event === "agreement.amended") said.adopted.add(`${value.agreement} ${value.digest}`);
  if (event === "snapshot.loaded") said.snapshots.add(value.snapshot);
  return true;
}
function walk(entries) {
  const said = { people: new Map(), adopted: new Set(), snapshots: new Set(), states: new Map(), cases: new Map(), refused: new Map() };
  for (const [index, entry] of entries) {
    try { if (!follow(said, entry)) unsure(`entry ${index}`, "unknown kind"); } catch (error) { fail(`entry ${index}`, error.message); }
  }
  return said;
}

// --- rows, proofs, answers ------------------------------------------------------------------
const commitment = (tag, salt, name, value) => sha(tag, salt, value === null ? name : `${name}=${value}`);
function openRow(opened, tag, row, size, root) {
  const shown = {};
  const parts = opened.fields.map((field) => {
    if ("commitment" in field) return strict(field.commitment);
    const salt = strict(field.salt);
    check(salt.length === 16 && !(field.name in shown), "a field is shown twice, or its salt is no salt");
    shown[field.name] = field.value;
    return commitment(tag, salt, field.name, field.value);
  });
  check(parts.every((part) => part.length === 32), "a commitment has 32 bytes");
  const path = opened.path.map((node) => strict(node));
  check(rootFromPath(leafHash(Buffer.concat(parts)), row, size, path).equals(strict(root)), "the row is not in its tree");
  return shown;
}
function jws(data) {
  const { payload, signatures } = JSON.parse(data.toString("utf8"));
  return {
    payload: strict(payload, "base64url"),
    by: (person) => signatures.some(({ protected: head, signature }) => {
      const { alg, crit, b64 } = JSON.parse(strict(head, "base64url").toString("utf8"));
      const fits = (person.ec ? ["ES256"] : ["EdDSA", "Ed25519"]).includes(alg) && crit === undefined && b64 === undefined;
      return fits && person.signed(strict(signature, "base64url"), Buffer.from(`${head}.${payload}`));
    }),
  };
}
function verifyProof(proof, log, whole) {
  check(proof.format === "narrowgate-proof/2", "not a proof");
  const notes = new Set(), entries = [];
  let head;
  for (const each of proof.entries) {
    const entry = strict(each.entry), at = each.proof.indexOf("\n\n");
    const lines = each.proof.slice(0, at).split("\n").filter((line) => !line.startsWith("extra "));
    check(lines[0] === "c2sp.org/tlog-proof@v1" && /^index \d+$/.test(lines[1]), "not a tlog-proof");
    const note = each.proof.slice(at + 2), index = Number(lines[1].slice(6));
    head = openCheckpoint(Buffer.from(note), log);
    notes.add(note);
    check(rootFromPath(leafHash(entry), index, head.size, lines.slice(2).map((l) => strict(l))).equals(head.root), `entry ${index} is not there`);
    entries.push([index, entry]);
  }
  check(notes.size === 1, "not all under one checkpoint");
  entries.sort((a, b) => a[0] - b[0]);
  const said = walk(entries), answer = JSON.parse(entries.at(-1)[1]), asked = said.cases.get(proof.case);
  check(answer.case === proof.case && asked, "its last entry speaks of another case");
  const { agreement, manifest } = proof.papers;
  if (agreement) check(`sha256:${hex(strict(agreement))}` === asked.agreement_digest, "another agreement");
  if (manifest) {
    const signed = jws(strict(manifest));
    check(`sha256:${hex(signed.payload)}` === asked.request, "another manifest");
    check(asked.event !== "request.received" || [...said.people.values()].some((p) => signed.by(p)), "nobody known signed the request");
  }
  if (proof.record) {
    check(answer.event === "case.released" && Number.isInteger(proof.record.row), "it answers nothing");
    const answered = openRow(proof.record.answered, "ng/answered/2\n", proof.record.row, answer.answers_size, answer.answers_root);
    const about = openRow(proof.record.asked, "ng/asked/2\n", proof.record.row, asked.records, asked.records_root);
    check(!("answer" in answered) || ["confirmed", "not_confirmed", "refused"].includes(answered.answer), "no answer of a gate");
    check(!("answer" in answered && "reasons" in answered) || (answered.answer === "refused") === (answered.reasons !== ""), "a refusal has reasons");
    check(!("record_id" in answered && "record_id" in about) || answered.record_id === about.record_id, "another record");
  }
  check(head.size <= whole.head.size && rootOf(whole.leaves.slice(0, head.size)).equals(head.root), "of another log");
}
function csvRows(text) {
  const rows = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i], row = rows.at(-1);
    if (quoted && c === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; } else if (c === '"') quoted = !quoted;
    else if (c === "," && !quoted) row.push("");
    else if (c === "\n" && !quoted) rows.push([""]);
    else if (c !== "\r" || quoted) row[row.length - 1] += c;
  }
  return rows.filter((row) => row.length > 1).slice(1);
}
function verifyAnswers(file, log, whole, said) {
  const own = `${file}.manifest.json`;
  const signed = jws(readFileSync(existsSync(own) ? own : join(dirname(file), "manifest.json")));
  check(signed.by(said.gate), "not signed by the custodian's key for answers");
  const payload = JSON.parse(signed.payload), { answers, counts, digests } = payload;
  const head = openCheckpoint(Buffer.from(payload.log.checkpoint), log);
  check(head.size <= whole.head.size && rootOf(whole.leaves.slice(0, head.size)).equals(head.root), "of another log");
  const entry = whole.entries[payload.log.index], value = JSON.parse(entry), asked = said.cases.get(payload.case);
  check(rootFromPath(leafHash(entry), payload.log.index, head.size, payload.log.inclusion.map((n) => strict(n))).equals(head.root), "its receipt proves nothing");
  check(value.case === payload.case && digests.request === asked.request && digests.agreement === asked.agreement_digest, "not what was asked");
  check(addsUp(counts, PARTS), "counts do not add up");
  const data = readFileSync(file);
  check(answers.file === basename(file) && answers.sha256.replace("sha256:", "") === hex(data), "another answers file");
  const rows = file.endsWith(".csv")
    ? csvRows(data.toString("utf8")).map(([id, word, codes]) => [id || null, word, codes.replaceAll(";", ",")])
    : data.toString("utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)).map((row) => [row.record_id, row.answer, row.reasons.join(",")]);
  check(rows.length === counts.records && PARTS.every((p) => rows.filter((row) => row[1] === p).length === counts[p]), "not as many as it says");
  if (value.event !== "case.released") { check(counts.refused === counts.records, "answered without a release"); return; }
  check(canonical(counts) === canonical(value.counts) && answers.root === value.answers_root, "not the counts or root of the release");
  check(digests.snapshot === value.authority.snapshot && digests.model === value.authority.model, "another register or model");
  const names = ["record_id", "answer", "reasons"];
  const ciphers = names.map((name) => createCipheriv("aes-256-ecb", Buffer.from(hkdfSync("sha256", strict(answers.commitment_key), Buffer.alloc(0), name, 32)), null).setAutoPadding(false));
  const leaves = rows.map((row, index) => {
    const block = Buffer.alloc(16);
    block.writeUInt32BE(index, 12);
    return leafHash(Buffer.concat(names.map((name, n) => commitment("ng/answered/2\n", ciphers[n].update(block), name, row[n]))));
  });
  check(rootOf(leaves).equals(strict(answers.root)), "not the answers that the log commits to");
}

// --- the command ----------------------------------------------------------------------------
const words = process.argv.slice(2), options = {};
while (words.length > 1) { const value = words.pop(); options[words.pop().slice(2)] = value; }
function attempt(where, act) { try { return act(); } catch (error) { fail(where, error.message); return undefined; } }
const log = vkey(options.key), whole = attempt("log", () => readLog(words[0], log));
if (whole) {
  const said = walk(whole.entries.map((entry, index) => [index, entry]));
  if (options.since) attempt("since", () => {
    const seen = openCheckpoint(readFileSync(options.since), log);
    check(seen.size <= whole.head.size && rootOf(whole.leaves.slice(0, seen.size)).equals(seen.root), "not a continuation");
  });
  if (options.proof) attempt("proof", () => verifyProof(JSON.parse(readFileSync(options.proof)), log, whole));
  if (options.answers) attempt("answers", () => verifyAnswers(options.answers, log, whole, said));
}
const failed = findings.some((each) => each.status === "failed");
const status = failed ? "failed" : findings.length ? "cannot_tell" : "verified";
console.log(JSON.stringify({ status, findings }));
process.exitCode = { verified: 0, failed: 1, cannot_tell: 3 }[status];
