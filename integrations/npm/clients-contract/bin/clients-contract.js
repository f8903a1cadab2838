#!/usr/bin/env node
// Runs the binary of the package for this platform: same streams, exit code and signals.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { optionalDependencies } = require('../package.json');

// What shells return for a command that was not found, or that cannot be executed: no exit code of the tool itself.
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

function fail(code, message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(code);
}

function binary() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@clients-contract/${platform}`;
  const file = process.platform === 'win32' ? 'clients-contract.exe' : 'clients-contract';
  if (!Object.hasOwn(optionalDependencies, name)) {
    const platforms = Object.keys(optionalDependencies).map((each) => each.split('/')[1]);
    fail(NOT_FOUND, `no binary for ${platform}; platforms: ${platforms.join(', ')}; build from source with cargo instead`);
  }
  try {
    return require.resolve(`${name}/bin/${file}`);
  } catch {
    return fail(
      NOT_FOUND,
      `package ${name} is not installed: it is an optional dependency, which npm omits with --omit=optional, or if ` +
        'package-lock.json was written on another platform (https://github.com/npm/cli/issues/4828); remove node_modules ' +
        `and package-lock.json and install again, or run: npm install ${name}@${optionalDependencies[name]}`,
    );
  }
}

const child = spawn(binary(), process.argv.slice(2), { stdio: 'inherit', windowsHide: true });

// A terminal sends SIGINT and SIGHUP to the child, too, and a second one would end it before it has reported.
const hasTerminal = [0, 1, 2].some((descriptor) => require('node:tty').isatty(descriptor));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal === 'SIGTERM' || !hasTerminal) child.kill(signal);
  });
}

child.on('error', (error) => fail(NOT_EXECUTABLE, `cannot run ${child.spawnfile}: ${error.message}`));
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  // Ends as the child did, so that the caller sees the signal.
  process.removeAllListeners(signal);
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
});
