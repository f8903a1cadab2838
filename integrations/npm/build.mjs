#!/usr/bin/env node
// Writes the npm packages of a release into a folder: `clients-contract`, and one with the binary for each target.
//
//   node integrations/npm/build.mjs --out FOLDER [--licenses FILE] TARGET=BINARY...
//
// `clients-contract` depends on the packages of all platforms, as every release has them; only packages of the given
// targets are written. Version, description, license, keywords and repository come from Cargo.toml. `npm pack` and
// `npm publish` must run on Linux or macOS: Windows has no permission to execute that they could keep.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Binaries for Linux are static, hence no package for each C library.
const PLATFORMS = {
  'linux-x64': /^x86_64-unknown-linux-/,
  'linux-arm64': /^aarch64-unknown-linux-/,
  'darwin-x64': /^x86_64-apple-darwin$/,
  'darwin-arm64': /^aarch64-apple-darwin$/,
  'win32-x64': /^x86_64-pc-windows-/,
};

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

function manifest() {
  const args = ['metadata', '--no-deps', '--format-version', '1', '--manifest-path', path.join(root, 'Cargo.toml')];
  const { packages } = JSON.parse(execFileSync('cargo', args, { encoding: 'utf8', maxBuffer: 64 << 20 }));
  const { version, description, license, keywords, repository } = packages.find(({ name }) => name === 'clients-contract');
  // npm checks that provenance and repository agree.
  return {
    version,
    description,
    license: `(${license})`,
    keywords,
    ...(repository && { repository: { type: 'git', url: `git+${repository.replace(/\.git$/, '')}.git` } }),
    publishConfig: { access: 'public' },
  };
}

function write(folder, contents, files) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(contents, null, 2)}\n`);
  for (const [name, source] of Object.entries(files)) {
    fs.copyFileSync(source, path.join(folder, name));
    fs.chmodSync(path.join(folder, name), name.startsWith('bin/') ? 0o755 : 0o644);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, licenses: { type: 'string' } },
});
const targets = positionals.map((argument) => {
  const [target, ...binary] = argument.split('=');
  const platform = Object.keys(PLATFORMS).find((name) => PLATFORMS[name].test(target));
  if (!platform) throw new Error(`${argument}: no platform of npm for this target`);
  return { platform, binary: binary.join('=') };
});
if (!values.out || targets.length === 0) throw new Error('usage: build.mjs --out FOLDER [--licenses FILE] TARGET=BINARY...');

const shared = manifest();
const licenses = Object.fromEntries(['LICENSE-MIT', 'LICENSE-APACHE'].map((name) => [name, path.join(root, name)]));
const readme = { 'README.md': path.join(here, '../PACKAGE.md') };
write(
  path.join(values.out, 'clients-contract'),
  {
    name: 'clients-contract',
    ...shared,
    bin: { 'clients-contract': 'bin/clients-contract.js' },
    files: ['bin', 'LICENSE-*'],
    engines: { node: '>=18' },
    optionalDependencies: Object.fromEntries(
      Object.keys(PLATFORMS).map((platform) => [`@clients-contract/${platform}`, shared.version]),
    ),
  },
  { ...licenses, ...readme, 'bin/clients-contract.js': path.join(here, 'clients-contract/bin/clients-contract.js') },
);
for (const { platform, binary } of targets) {
  const [os, cpu] = platform.split('-');
  const name = os === 'win32' ? 'clients-contract.exe' : 'clients-contract';
  write(
    path.join(values.out, platform),
    {
      name: `@clients-contract/${platform}`,
      ...shared,
      description: `The binary of clients-contract for ${platform}`,
      files: ['bin', 'LICENSE-*', 'THIRD-PARTY-LICENSES.txt'],
      // It has a binary, which cannot be run from an archive.
      preferUnplugged: true,
      os: [os],
      cpu: [cpu],
    },
    {
      ...licenses,
      ...readme,
      ...(values.licenses && { 'THIRD-PARTY-LICENSES.txt': values.licenses }),
      [`bin/${name}`]: binary,
    },
  );
}
