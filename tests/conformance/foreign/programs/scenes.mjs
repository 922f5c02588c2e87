// What the agents of JavaScript's SDKs do, by how a message's id begins: see scenes.json.

import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const file = (name) => readFileSync(new URL(name, import.meta.url), "utf-8");
const scenes = JSON.parse(file("scenes.json"));

export const examples = ["Hello", "Compare the prices"];

/** The steps, by the longest beginning; by default the text is repeated. */
export function scene(messageId, text) {
  // A fault, as agents have them: the file is not there.
  if (text.includes("prices")) text = file("prices.csv");
  const begins = Object.keys(scenes).filter((prefix) => messageId.startsWith(prefix));
  const longest = begins.sort((one, other) => other.length - one.length)[0];
  return longest ? scenes[longest] : [{ artifact: { text } }, { end: "completed" }];
}

/** Serves the application that is made for the URL, which is all that is written to stdout. */
export function serve(makeApp) {
  // The SDKs log every delivery: nobody reads that, and a pipe that is full would stop them.
  globalThis.console = new Console(process.stderr);
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const url = `http://127.0.0.1:${server.address().port}/`;
    server.on("request", makeApp(url));
    process.stdout.write(`${url}\n`);
  });
}
