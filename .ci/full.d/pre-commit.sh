#!/usr/bin/env bash
# The hooks in a scratch repository, run by pre-commit: those for the program on PATH, and those of the mirror with a wheel.
#   pre-commit.sh WORK PRE_COMMIT WHEELS
set -euo pipefail
work=$1 pre_commit=$2 wheels=$3
export PRE_COMMIT_HOME=$work/home GIT_CONFIG_GLOBAL=$work/gitconfig
git config --global user.name test
git config --global user.email test@example.com
git config --global init.defaultBranch main

commit() { git -C "$1" add --all && git -C "$1" commit --quiet --no-verify --message test; }

hooks() {
  git init --quiet "$work/$1"
  cp "${@:2}" "$work/$1"
  commit "$work/$1"
}
hooks system .pre-commit-hooks.yaml
hooks mirror integrations/pre-commit/.pre-commit-hooks.yaml integrations/pre-commit/pyproject.toml

# What a hook prints must name the cause; nothing else fails.
fails() {
  local hook=$1 cause=$2 log
  if log=$("$pre_commit" run --all-files 2>&1); then
    echo "no hook failed, expected $hook"
    return 1
  fi
  if [ "$(grep --count 'Failed$' <<<"$log")" != 1 ] || ! grep --quiet "$hook.*Failed$" <<<"$log" ||
    ! grep --quiet --fixed-strings -- "$cause" <<<"$log"; then
    echo "$log"
    return 1
  fi
}

scratch() {
  local kind=$1 folder=$work/scratch-$1
  git init --quiet "$folder"
  mkdir -p "$folder/captures/day one"
  cp fixtures/invalid/null-value/client-name.json "$folder/outside.json"
  clients-contract generate -n 1 --seed 1 >"$folder/captures/day one/page.ndjson"
  clients-contract schema >"$folder/contract.schema.json"
  cat >"$folder/.pre-commit-config.yaml" <<END
repos:
  - repo: $work/$kind
    rev: $(git -C "$work/$kind" rev-parse HEAD)
    hooks:
      - id: clients-contract-validate
        args: [--fail-on, warning]
      - id: clients-contract-schema
        args: [contract.schema.json]
      - id: clients-contract-redact
END
  commit "$folder"
  cd "$folder"
}

check() {
  "$pre_commit" run --all-files
  cp "$1/fixtures/invalid/null-value/client-name.json" captures/null.json
  git add captures
  fails 'clients-contract validate' 'error[null-value]'
  # A real commit is refused, too.
  "$pre_commit" install >/dev/null
  if git commit --quiet --message refused >/dev/null 2>&1; then return 1; fi
  git rm --quiet --force captures/null.json
  echo '{"type": "object"}' >contract.schema.json
  fails 'clients-contract schema --check' contract.schema.json
  git checkout --quiet contract.schema.json
  echo 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U' >token.txt
  jq --raw-input '{response: {status: 200, token: .}}' token.txt >captures/token.json
  git add captures
  # The same file is no payload, so only the hook that searches for leaks runs.
  if SKIP=clients-contract-validate "$pre_commit" run --all-files >"$work/log" 2>&1; then return 1; fi
  grep --quiet 'error\[jwt\]' "$work/log" || { cat "$work/log"; return 1; }
}

root=$PWD
(scratch system; check "$root")
# Only Python, pip and git: the hooks bring their own binary.
without=$(printf '%s' "$PATH" | tr : '\n' | while read -r folder; do
  [ -e "$folder/clients-contract" ] || printf '%s:' "$folder"
done)
(scratch mirror; export PATH=${without%:} PIP_FIND_LINKS=$wheels; check "$root")
# Both manifests are the same but for the language.
[ "$(diff .pre-commit-hooks.yaml integrations/pre-commit/.pre-commit-hooks.yaml | grep --count '^>')" = 4 ]
echo 'pre-commit: 2 repositories'
