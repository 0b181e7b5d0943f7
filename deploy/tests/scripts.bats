#!/usr/bin/env bats
# The scripts without an engine: help, dry runs, and what they ask of gcloud.
# shellcheck disable=SC2154

setup() {
  set -euo pipefail
  tests=$(cd "$BATS_TEST_DIRNAME" && pwd)
  deploy=$tests/..
  export PATH=$tests/fakes:$PATH FAKE_GCLOUD=$BATS_TEST_TMPDIR DEPLOY_ENV_DIR=$tests/env
  mkdir -p "$FAKE_GCLOUD/secrets"
  touch "$FAKE_GCLOUD/calls"
}

calls() { cat "$FAKE_GCLOUD/calls"; }

# No call but those of the table, and what gcloud itself says where it is installed.
lint() {
  local real=
  # The machine's own, not the fake.
  local path=${PATH#"$tests/fakes:"}
  if PATH=$path command -v gcloud >/dev/null; then real=--real; else echo "# gcloud is not installed: only the table is checked" >&3; fi
  PATH=$path "$tests/lint-gcloud.py" "$FAKE_GCLOUD/calls" $real
}

@test "each script has a help that names its commands, and refuses what it does not know" {
  for script in deploy secrets-setup gcp-setup vm-setup backup; do
    run "$deploy/$script.sh" --help
    [[ $status == 0 && $output == "usage: deploy/$script.sh"* && $output == *--dry-run* ]]
    run "$deploy/$script.sh" nonsense
    [[ $status == 64 ]]
    run "$deploy/$script.sh" --env nowhere deploy
    [[ $status == 64 ]]
  done
  for script in release data; do
    run "$deploy/vm/$script.sh" --help
    [[ $status == 0 && $output == usage:* ]]
  done
}

@test "an environment that is not filled in is refused with the names of what is missing" {
  DEPLOY_ENV_DIR=$deploy/env run "$deploy/deploy.sh" --env production deploy v1
  echo "$output"
  [[ $status == 64 && $output == *DEPLOY_PROJECT* && $output == *SITE_ADDRESS* && $output == *production.env* ]]
  [[ -z $(calls) ]]
}

@test "the shipped environments name the same settings, all of them known" {
  for name in production staging dev; do
    while IFS='=' read -r setting _; do
      case $setting in
        DEPLOY_*) grep -rqF "$setting" "$deploy"/*.sh ;;
        SITE_ADDRESS) grep -qF SITE_ADDRESS "$deploy/../docker-compose.yml" ;;
        *) grep -qE "^(# )?$setting=" "$deploy/../.env.template" ;;
      esac
    done < <(grep -E '^[A-Z]' "$deploy/env/$name.env")
  done
  grep -qx 'DEPLOY_VM=tasty-tones-1' "$deploy/env/production.env"
  grep -qx 'DEPLOY_ZONE=us-central1-c' "$deploy/env/production.env"
}

@test "setting up a project from nothing makes every call once, and each is one that gcloud takes" {
  export DEPLOY_GITHUB_ID=123456 DEPLOY_BILLING_ACCOUNT=000000-000000-000000
  run "$deploy/gcp-setup.sh" --yes
  echo "$output"
  [[ $status == 0 ]]
  run lint
  echo "$output"
  [[ $status == 0 ]]
  # The doors: the web for all, 22 for Google's tunnel alone, and the workflows' accounts by the repository's number.
  calls | grep -F -- '--allow=tcp:22' | grep -qF -- '--source-ranges=35.235.240.0/20'
  [[ $(calls | grep -c -- '--allow=tcp:22') == 1 ]]
  calls | grep -qF 'attribute.scope/123456/production'
  calls | grep -qF "repository_id==\\'123456\\'"
  calls | grep 'instances create' | grep -qF -- '--shielded-secure-boot'
  # No long-lived key of an account is made, and nobody is owner or editor.
  run grep -E 'keys create|roles/(owner|editor)' "$FAKE_GCLOUD/calls"
  [[ $status == 1 ]]
}

@test "setting up a second time creates nothing" {
  export DEPLOY_GITHUB_ID=123456 DEPLOY_BILLING_ACCOUNT=000000-000000-000000
  "$deploy/gcp-setup.sh" --yes
  : >"$FAKE_GCLOUD/calls"
  run "$deploy/gcp-setup.sh" --yes
  [[ $status == 0 ]]
  run grep -E ' create' "$FAKE_GCLOUD/calls"
  echo "$output"
  [[ $status == 1 ]]
}

@test "dry runs show the calls and make none" {
  export DEPLOY_GITHUB_ID=123456
  run "$deploy/gcp-setup.sh" --dry-run
  [[ $status == 0 && $output == *"+ gcloud compute instances create tasty-tones-1"* ]]
  run "$deploy/vm-setup.sh" --dry-run
  [[ $status == 0 && $output == *"+ gcloud compute ssh tasty-tones-1"* ]]
  run "$deploy/backup.sh" --dry-run restore a.backup
  [[ $status == 0 && $output == *data.sh*restore*a.backup* ]]
  run bash -c "printf '%s' 123:abc | '$deploy/secrets-setup.sh' --dry-run set telegram-bot-token"
  [[ $status == 0 && $output == *"+ gcloud secrets create telegram-bot-token"* && $output != *123:abc* ]]
  for command in status health rollback 'logs 5'; do
    # shellcheck disable=SC2086
    run "$deploy/deploy.sh" --dry-run $command
    [[ $status == 0 && $output == *"+ gcloud compute ssh"* ]]
  done
  run grep -vE '^(secrets|storage|compute|iam|artifacts|projects) .*describe|^secrets describe' "$FAKE_GCLOUD/calls"
  echo "$output"
  [[ $status == 1 ]]
}

@test "a secret goes in by standard input, and stands in no argument and no output" {
  run bash -c "printf '%s' 7000000001:canary-token_x | '$deploy/secrets-setup.sh' set telegram-bot-token"
  echo "$output"
  [[ $status == 0 && $output != *canary* ]]
  [[ $(<"$FAKE_GCLOUD/secrets/telegram-bot-token/1") == 7000000001:canary-token_x ]]
  run grep canary "$FAKE_GCLOUD/calls"
  [[ $status == 1 ]]
  # Each secret alone is granted, and only to the VM's account.
  calls | grep -F 'add-iam-policy-binding telegram-bot-token' | grep -qF order-bot-vm@
  run lint
  echo "$output"
  [[ $status == 0 ]]
}

@test "what is plainly no token, key or key file is refused and not shown" {
  for bad in 'telegram-bot-token|canary' 'data-key|Y2FuYXJ5' 'google-service-account|{"canary":1}' 'telegram-bot-token|'; do
    run bash -c "printf '%s' '${bad#*|}' | '$deploy/secrets-setup.sh' set ${bad%%|*}"
    echo "$output"
    [[ $status == 65 && $output != *canary* && $output != *Y2FuYXJ5* ]]
  done
  [[ ! -d $FAKE_GCLOUD/secrets/telegram-bot-token && ! -d $FAKE_GCLOUD/secrets/data-key ]]
  run bash -c "echo x | '$deploy/secrets-setup.sh' set telegram-token"
  [[ $status == 64 ]]
}

@test "the data key is made once and never replaced" {
  "$deploy/secrets-setup.sh" generate-key
  key=$(<"$FAKE_GCLOUD/secrets/data-key/1")
  [[ $(base64 -d <<<"$key" | wc -c) == 32 ]]
  "$deploy/secrets-setup.sh" generate-key
  [[ $(ls "$FAKE_GCLOUD/secrets/data-key") == 1 ]]
}

@test "the list names what is there and what is missing, and ends badly where something is" {
  "$deploy/secrets-setup.sh" generate-key
  run "$deploy/secrets-setup.sh" list
  echo "$output"
  [[ $status == 1 && $output == *"telegram-bot-token"*MISSING* && $output == *"data-key "*there* && $output == *"openai-api-key"*"not used"* ]]
}

@test "by hand, secrets are files of the container's user that nobody else reads" {
  printf '%s' 123:abc | "$deploy/secrets-setup.sh" --local "$BATS_TEST_TMPDIR/s" set telegram-bot-token
  "$deploy/secrets-setup.sh" --local "$BATS_TEST_TMPDIR/s" generate-key
  [[ $(stat -c '%a %u:%g %s' "$BATS_TEST_TMPDIR/s/telegram-bot-token") == "400 1001:1001 7" ]]
  [[ $(stat -c '%a %u:%g' "$BATS_TEST_TMPDIR/s/data-key") == "400 1001:1001" ]]
  [[ -z $(calls) ]]
}

@test "what vm-setup runs on the VM is a whole program, and sends the containers away from the metadata server" {
  "$deploy/vm-setup.sh" --print >"$BATS_TEST_TMPDIR/vm.sh"
  bash -n "$BATS_TEST_TMPDIR/vm.sh"
  shellcheck --shell=bash "$BATS_TEST_TMPDIR/vm.sh"
  grep -q 'DOCKER-USER -d 169.254.169.254 -p tcp --dport 80 -j REJECT' "$BATS_TEST_TMPDIR/vm.sh"
  grep -q 'ExecStart=/opt/order-bot/current/release.sh start' "$BATS_TEST_TMPDIR/vm.sh"
}

@test "gcloud takes every call that the document names" {
  grep -oE '(^ *gcloud |`gcloud [^`|]* --)[^`|]*' "$deploy/../docs/DEPLOYMENT.md" |
    sed -E 's/^[ `]*gcloud //; s/ +$//; s/\bPROJECT\b/the-project/g' >"$FAKE_GCLOUD/calls"
  (($(calls | wc -l) > 8))
  run lint
  echo "$output"
  [[ $status == 0 ]]
}

@test "a machine that can run no engine says why" {
  # Read from standard input: that user may not see this folder.
  run setpriv --reuid=65534 --clear-groups bash -s probe <"$tests/engine.sh"
  echo "$output"
  [[ $status == 1 && $output == *"it takes root"* ]]
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/unshare"
  chmod +x "$BATS_TEST_TMPDIR/bin/unshare"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$tests/engine.sh" probe
  [[ $status == 1 && $output == *"no namespaces"* ]]
}

@test "the table of gcloud's commands bites" {
  printf 'compute instances create x --zone=z --no-such-flag\ncompute instances launch x\n' >"$BATS_TEST_TMPDIR/bad"
  run "$tests/lint-gcloud.py" "$BATS_TEST_TMPDIR/bad"
  [[ $status == 1 && $output == *--no-such-flag* && $output == *"no such command"* ]]
}

@test "the document names no command of these scripts that does not exist" {
  run grep -oE 'deploy/[a-z-]+\.sh( --(env|local) [^ ]+| --dry-run)* ?[a-z-]*' "$deploy/../docs/DEPLOYMENT.md"
  while read -r script command; do
    [[ -x $deploy/../$script ]]
    command=${command##* }
    [[ -z $command || $command == --* ]] || grep -qE "(^|[ |])$command( |\)|$)" "$deploy/../$script"
  done <<<"$(sed 's/--local [^ ]*//' <<<"$output")"
}
