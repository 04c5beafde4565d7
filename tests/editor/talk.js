// Talks with the language server as VS Code does, with its own protocol library, and looks whether all is as it should be.
// node talk.js PROGRAM FOLDER; the folder is empty and may be written to.
"use strict";

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const lsp = require("vscode-languageserver-protocol/node");
const { TextDocument } = require("vscode-languageserver-textdocument");

const [program, folder] = process.argv.slice(2);
const uriOf = (name) => pathToFileURL(path.join(folder, name)).href;
// Longer than any answer takes on a machine that does other things, too.
const PATIENCE = 60_000;

const server = spawn(program, ["audit-language", "--lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const reader = new lsp.StreamMessageReader(server.stdout);
const connection = lsp.createProtocolConnection(reader, new lsp.StreamMessageWriter(server.stdin));
const left = once(server, "exit");

const published = new Map();
let waiting = [];
const registered = [];
const messages = [];
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (it) => {
  published.set(it.uri, [...(published.get(it.uri) ?? []), it]);
  waiting = waiting.filter((see) => !see(it));
});
connection.onNotification(lsp.ShowMessageNotification.type, (it) => {
  messages.push(it);
});
connection.onRequest(lsp.RegistrationRequest.type, (it) => {
  registered.push(...it.registrations);
});
connection.listen();

// What is told of a text in a state, or of any state when something holds.
function told(uri, holds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing was told of ${uri}`)), PATIENCE);
    waiting.push((it) => {
      if (it.uri !== uri || !holds(it)) return false;
      clearTimeout(timer);
      resolve(it.diagnostics);
      return true;
    });
  });
}

class Editor {
  constructor(name, language, text) {
    this.document = TextDocument.create(uriOf(name), language, 1, text);
    this.uri = this.document.uri;
  }

  async open() {
    const { uri, languageId, version } = this.document;
    const seen = told(uri, (it) => it.version === version);
    const textDocument = { uri, languageId, version, text: this.document.getText() };
    await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
    return seen;
  }

  async type(range, text) {
    const version = this.document.version + 1;
    const contentChanges = [{ range, text }];
    this.document = TextDocument.update(this.document, contentChanges, version);
    const textDocument = { uri: this.uri, version };
    await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument, contentChanges });
  }

  async change(range, text) {
    const next = this.document.version + 1;
    const seen = told(this.uri, (it) => it.version === next);
    await this.type(range, text);
    return seen;
  }

  // Puts the edits of an action in place, as an editor does: the last one first.
  async apply(action) {
    const edits = action.edit.changes[this.uri];
    const expected = TextDocument.applyEdits(this.document, edits);
    const later = [...edits].sort((a, b) => this.document.offsetAt(b.range.start) - this.document.offsetAt(a.range.start));
    let seen;
    for (const edit of later) seen = await this.change(edit.range, edit.newText);
    assert.equal(this.document.getText(), expected);
    return seen;
  }

  words(diagnostics) {
    return diagnostics.map((it) => this.document.getText(it.range));
  }

  place(words, from = 0) {
    const at = this.document.getText().indexOf(words, from);
    assert.notEqual(at, -1, `${words} does not stand there`);
    return { start: this.document.positionAt(at), end: this.document.positionAt(at + words.length) };
  }

  actions(range, only) {
    const context = { diagnostics: [], ...(only && { only }) };
    return connection.sendRequest(lsp.CodeActionRequest.type, { textDocument: { uri: this.uri }, range, context });
  }
}

async function theyMeet() {
  const capabilities = {
    general: { positionEncodings: ["utf-16"] },
    workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
  };
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "trial" }];
  const params = { processId: process.pid, rootUri: null, workspaceFolders, capabilities };
  const { capabilities: can, serverInfo } = await connection.sendRequest(lsp.InitializeRequest.type, params);
  assert.equal(serverInfo.name, "regard");
  assert.equal(can.positionEncoding, "utf-16");
  assert.equal(can.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
}

async function wordsAreFoundWhereTheyStand() {
  const editor = new Editor(
    "letter.md",
    "markdown",
    "# 😀 Hello\r\n\r\nÜber 😀 we utilize `users`.\r\nEvery user may ask, and so may you.\r\n",
  );
  const seen = await editor.open();
  assert.deepEqual(editor.words(seen), ["utilize", "user"]);
  assert.deepEqual(seen[0].range, { start: { line: 2, character: 11 }, end: { line: 2, character: 18 } });
  assert.deepEqual([seen[0].source, seen[0].code, seen[0].severity], ["regard", "jargon/utilize", 2]);
  assert.match(seen[0].message, /^“Use” says the same .* Say “use”\.$/);
  return editor;
}

async function editsAreFollowed(editor) {
  const { start } = editor.place(" we utilize");
  assert.deepEqual(editor.words(await editor.change({ start, end: start }, " 😀 then")), ["utilize", "user"]);
  const lines = editor.place(".\r\nEvery user may ask");
  assert.deepEqual(editor.words(await editor.change(lines, ", and\r\n\r\nno user may")), ["utilize", "user"]);
  const all = editor.place("no user may");
  assert.deepEqual(editor.words(await editor.change(all, "we utilize it, and nobody may")), ["utilize", "utilize"]);
}

async function actionsDoWhatTheySay(editor) {
  const first = editor.place("utilize");
  const actions = await editor.actions(first);
  assert.deepEqual(
    actions.map((it) => it.title),
    ["Say “use”", "Allow it here, with a reason", "Fix all that is sure"],
  );
  assert.equal(actions[0].isPreferred, true);
  assert.equal(actions[0].diagnostics[0].code, "jargon/utilize");
  assert.deepEqual(editor.words(await editor.apply(actions[0])), ["utilize"]);

  const [allow] = (await editor.actions(editor.place("utilize"), ["quickfix"])).slice(-1);
  const asked = await editor.apply(allow);
  assert.deepEqual(
    asked.map((it) => it.code),
    ["jargon/utilize", "exceptions/reason"],
  );
  const line = editor.document.getText().split("\r\n")[4];
  assert.equal(line, "we utilize it, and nobody may, and so may you. <!-- regard: allow jargon/utilize - … -->");
  assert.deepEqual(await editor.change(editor.place("…"), "their own word"), []);

  const end = editor.document.positionAt(editor.document.getText().length);
  await editor.change({ start: end, end }, "\r\n😀 We utilize it in order to wait.\r\n");
  const fix = await editor.actions({ start: end, end }, ["source.fixAll"]);
  assert.deepEqual(
    fix.map((it) => it.kind),
    ["source.fixAll.regard"],
  );
  assert.deepEqual(await editor.apply(fix[0]), []);
  assert.ok(editor.document.getText().endsWith("\r\n😀 We use it to wait.\r\n"));
}

async function whoPointsAtItIsToldWhy() {
  const editor = new Editor("told.rs", "rust", "/// 😀 Every user may ask.\nfn user() {}\n");
  await editor.open();
  const ask = (position) => connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri: editor.uri }, position });
  const hover = await ask({ line: 0, character: 14 });
  assert.deepEqual(editor.words([hover]), ["user"]);
  assert.match(hover.contents.value, /person.*\n\npeople\/user$/s);
  assert.equal(await ask({ line: 1, character: 4 }), null);
}

async function theVoiceIsHeard() {
  const editor = new Editor("voice.txt", "plaintext", "Every user may ask, and then we log in.\n");
  assert.match((await editor.open())[0].message, /“person”/);
  const globs = registered.flatMap((it) => it.registerOptions.watchers).map((it) => it.globPattern);
  assert.ok(globs.includes("**/.regard-language.toml"), "it asked to be told");
  const voice = async (text, holds) => {
    const seen = told(editor.uri, (it) => holds(it.diagnostics));
    fs.writeFileSync(path.join(folder, ".regard-language.toml"), text);
    const changes = [{ uri: uriOf(".regard-language.toml"), type: lsp.FileChangeType.Changed }];
    await connection.sendNotification(lsp.DidChangeWatchedFilesNotification.type, { changes });
    return seen;
  };
  const says =
    (...words) =>
    (it) =>
      it.length === words.length && words.every((word, n) => it[n].message.includes(word));
  await voice('people = "guest"\n[always]\n"sign in" = ["log in"]\n', says("“guest”", "“sign in”"));
  assert.deepEqual(messages, []);
  await voice("people = \n", says("“guest”", "“sign in”"));
  while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(messages[0].message, /\.regard-language\.toml:1: .*line 1/s);
  await voice('people = "member"\n', says("“member”"));
}

async function nothingItHearsIsItsEnd() {
  const fails = async (method, params) => {
    await assert.rejects(connection.sendRequest(method, params), (it) => it instanceof lsp.ResponseError);
  };
  await fails("workspace/none", {});
  await fails("textDocument/hover", { position: "nowhere" });
  await fails("textDocument/codeAction", { textDocument: { uri: 7 } });
  await connection.sendNotification("textDocument/didChange", { contentChanges: "no" });
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri: "::" } });
  const body = '{"jsonrpc": ';
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
}

async function typingInALargeTextStaysQuick() {
  const sentence = "Whoever comes by is welcome, and 😀 whoever goes may come again. ";
  const paragraphs = `${sentence.repeat(10)}\n\n`.repeat(2_000);
  const editor = new Editor("large.md", "markdown", `${paragraphs}Every user may ask.\n`);
  await editor.open();
  const before = published.get(editor.uri).length;
  const began = performance.now();
  for (let n = 0; n < 300; n += 1) await editor.type({ start: { line: 4, character: n }, end: { line: 4, character: n } }, "a");
  const last = await editor.change({ start: { line: 4, character: 0 }, end: { line: 4, character: 0 } }, "a ");
  const took = performance.now() - began;
  const looks = published.get(editor.uri).length - before;
  assert.deepEqual(editor.words(last), ["user"]);
  assert.ok(looks <= 30, `it looked ${looks} times while 301 letters were typed`);
  console.log(`301 letters typed into ${editor.document.getText().length} took ${Math.round(took)} ms, with ${looks} looks`);
}

async function theyPart(editor) {
  const seen = told(editor.uri, (it) => it.version === undefined);
  await connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri: editor.uri } });
  assert.deepEqual(await seen, []);
  assert.equal(await connection.sendRequest(lsp.ShutdownRequest.type), null);
  await connection.sendNotification(lsp.ExitNotification.type);
  const [code] = await left;
  assert.equal(code, 0);
}

async function main() {
  await theyMeet();
  const editor = await wordsAreFoundWhereTheyStand();
  await editsAreFollowed(editor);
  await actionsDoWhatTheySay(editor);
  await whoPointsAtItIsToldWhy();
  await theVoiceIsHeard();
  await nothingItHearsIsItsEnd();
  await typingInALargeTextStaysQuick();
  await theyPart(editor);
  console.log("all is well");
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    server.kill();
    process.exit(1);
  },
);
