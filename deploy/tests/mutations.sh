#!/usr/bin/env bash
# Shows that the deployment's tests bite: takes one safeguard out of a copy of the checkout at a time and runs the tests
# that speak of it. Each must fail. The engine runs and the images are built already (engine.sh up, images.sh).
#
# usage: deploy/tests/mutations.sh [NAME…]   all of them, or those named; prints a table
# shellcheck disable=SC2016 # the changes are sed's to read
set -Eeuo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
survived=0

# NAME, WHAT is taken out, FILE, SED script, SUITE, then the tests to run (those before it that it goes on from, last the
# one that must fail), as `bats --filter` takes them.
mutation() {
  local name=$1 what=$2 file=$3 change=$4 suite=$5 filter=$6 last=${6##*|} copy=$work/$1 failed verdict
  ((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $name "* ]] || return 0
  mkdir "$copy"
  git -C "$root" ls-files -z | (cd "$root" && tar --null --files-from=- -c) | tar -xC "$copy"
  # The scripts name a release after the checkout's commit.
  git -C "$copy" init -q
  git -C "$copy" -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m test
  sed -i -E "$change" "$copy/$file"
  if cmp -s "$root/$file" "$copy/$file"; then
    echo "$name: the change changed nothing in $file" >&2
    exit 1
  fi
  [[ $file != src/* ]] || "$copy/deploy/tests/images.sh" bot >"$work/$name.build" 2>&1
  bats --filter "$filter" "$copy/deploy/tests/$suite.bats" >"$work/$name.log" 2>&1 || true
  [[ $file != src/* ]] || "$root/deploy/tests/images.sh" bot >"$work/$name.build" 2>&1
  failed=$(sed -n 's/^not ok [0-9]* //p' "$work/$name.log" | paste -sd';')
  if grep -qE "^not ok [0-9]+ .*$last" "$work/$name.log"; then
    verdict="fails: $failed"
  else
    verdict="SURVIVED ${failed:+(other failures: $failed)}"
    survived=1
    cat "$work/$name.log" >&2
  fi
  printf '| %s | %s | %s |\n' "$name" "$what" "$verdict"
}

wanted=("$@")
first='the first deployment'
printf '| name | taken out | the tests |\n|---|---|---|\n'
mutation rollback "a failed release is taken back" deploy/vm/release.sh \
  's/^  go_back_to "\$before"$/  :/' deploy "$first|an update stops|never healthy"
mutation gate "the questions to a release that has started" deploy/vm/release.sh \
  's/^  healthy "\$release"$/  :/' deploy "$first|leads to nobody"
mutation lock "the lock" deploy/vm/common.sh \
  's/^  flock -w "\$1" 9 /  true /' deploy "$first|a second deployment is refused"
mutation digest "tags are resolved to digests, and none else is taken" deploy/deploy.sh \
  "s/^  printf '%s@%s' .*/  printf '%s' \"\$1\"/; s/@sha256:\*\) printf/@sha256:*|*:v1) printf/" deploy "$first"
mutation versions "a release keeps the versions of its secrets" deploy/vm/release.sh \
  's/^  if ! \{ fetch_secrets "\$to"/  if ! { pin_secrets "$to" \&\& fetch_secrets "$to"/' deploy "$first|a new version of a secret"
mutation volume "a data volume that is gone is noticed" deploy/vm/release.sh \
  's/^data_is_there\(\) \{$/data_is_there() { return 0/' deploy "$first|data volume that is gone"
mutation preflight "the new version reads its settings before anything is touched" deploy/vm/release.sh \
  's/ && settings_are_right "\$release"//' deploy "$first|a wrong setting"
mutation internal "the inner network leads nowhere" docker-compose.yml \
  's/bot_internal: \{internal: true\}/bot_internal: {}/' stack "nothing leaves by the inner network"
mutation cap_drop "capabilities are dropped" docker-compose.yml \
  '/^  cap_drop: \[ALL\]$/d' stack "both run as user"
mutation read_only "the root file system is read-only" docker-compose.yml \
  '/^  read_only: true$/d' stack "both run as user"
mutation header "one security header" Caddyfile \
  '/X-Frame-Options/d' stack "security headers"
mutation headers_on_errors "security headers on errors" Caddyfile \
  '/handle_errors/,/\}/s/import headers//' stack "security headers"
mutation routes "only four addresses are public" Caddyfile \
  's/path_regexp \^\/health\(\/\(live\|bot\)\)\?\$/path *\/health* *\/metrics*/' stack "four addresses"
mutation access_log "request headers stay out of the log" Caddyfile \
  '/request>headers delete/d' stack "the access log"
mutation first_start "a first start says what is missing" docker-compose.yml \
  's/SITE_ADDRESS:\?[^}]*\}/SITE_ADDRESS:-localhost}/' stack "the first docker compose up"
mutation rekey "the data is sealed anew" deploy/vm/data.sh \
  's/run --rm --no-deps -T bot rekey/version/' stack "what the bot knows|the data key is changed"
mutation rate_limit "the bot's own rate limit" src/http/limit.rs \
  's/(BURST: NonZeroU32 = NonZeroU32::new\()20/\12000/' stack "the bot limits who asks too often"
exit "$survived"
