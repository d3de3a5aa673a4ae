// Reads an AsyncAPI document with the official parser; any error or warning of it is a failure.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const { severity, message, path } of diagnostics) {
  console.log(`${severity} ${path.join(".")}: ${message}`);
}
const serious = diagnostics.filter(({ severity }) => severity === 0);
if (!document || serious.length > 0) {
  process.exit(1);
}
console.log(`${document.channels().all().length} channels`);
