#!/usr/bin/env bash
# Puts secrets where the bot finds them: into Secret Manager, or (--local) into files for running by hand.
#
# A value comes from a prompt without echo or from standard input; it never stands in an argument, a variable that a
# child process sees, the history or an output.
set -Eeuo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'TEXT'
usage: deploy/secrets-setup.sh [--env NAME] [--dry-run] [COMMAND]

  (none)        ask for each secret in turn; an empty answer leaves it as it is
  set NAME      a new version of one secret, its value on standard input
  generate-key  a new data-key, unless there is one: what is on disk can be read with the old one only
  list          which secrets there are, and which of this environment's are missing; no values
  --local DIR   with any of these: files in DIR (./secrets) in place of Secret Manager

Names: telegram-bot-token, data-key, openai-api-key, google-service-account, payment-provider-token, data-key-old
  --env NAME    production (the default), staging or dev
  --dry-run     show every call that would change something, and make none
TEXT
}

readonly NAMES=(telegram-bot-token data-key openai-api-key google-service-account payment-provider-token data-key-old)

what_it_is() { # NAME
  case $1 in
    telegram-bot-token) echo "the bot's token, from @BotFather" ;;
    data-key) echo "32 bytes in base64; generated here" ;;
    openai-api-key) echo "the key of the model's provider; without it the embedded parser reads alone" ;;
    google-service-account) echo "the key file of the service account that writes the spreadsheet, on one line" ;;
    payment-provider-token) echo "for paying in Telegram" ;;
    data-key-old) echo "the data-key before this one, while it is being changed" ;;
  esac
}

known() { # NAME
  local name
  for name in "${NAMES[@]}"; do [[ $name == "$1" ]] && return; done
  die 64 "there is no secret \"$1\": ${NAMES[*]}"
}

# What is plainly wrong is refused here, where it can be mended, without showing it.
plausible() { # NAME; the value on standard input, passed through
  local value
  value=$(cat)
  [[ -n $value ]] || die 65 "$1: empty"
  case $1 in
    telegram-bot-token) [[ $value =~ ^[0-9]+:[A-Za-z0-9_-]+$ ]] || die 65 "$1: a token looks like 123456:ABC-…" ;;
    data-key | data-key-old) [[ $(base64 -d <<<"$value" 2>/dev/null | wc -c) == 32 ]] || die 65 "$1: not 32 bytes in base64" ;;
    google-service-account) [[ $value == *'"private_key"'* && $value == *'"client_email"'* ]] || die 65 "$1: not a key file of a service account" ;;
  esac
  printf '%s' "$value"
}

vm_account() { printf 'order-bot-vm@%s.iam.gserviceaccount.com' "$DEPLOY_PROJECT"; }

exists() { # NAME
  if [[ $local_dir ]]; then
    [[ -s $local_dir/$1 ]]
  else
    look gcloud secrets describe "$1" "--project=$DEPLOY_PROJECT" >/dev/null
  fi
}

store() { # NAME; the value on standard input
  local name=$1
  if [[ $local_dir ]]; then
    store_in_file "$name"
    return
  fi
  if ! exists "$name"; then
    run gcloud secrets create "$name" "--project=$DEPLOY_PROJECT" --replication-policy=automatic </dev/null
    # This secret alone, and only to the VM's own account.
    run gcloud secrets add-iam-policy-binding "$name" "--project=$DEPLOY_PROJECT" "--member=serviceAccount:$(vm_account)" \
      --role=roles/secretmanager.secretAccessor --quiet </dev/null >/dev/null
  fi
  run gcloud secrets versions add "$name" "--project=$DEPLOY_PROJECT" --data-file=- >/dev/null
  [[ ! $dry_run ]] || cat >/dev/null
  say "$name: a new version; deploy/deploy.sh --env $environment deploy current makes the bot use it"
}

store_in_file() { # NAME
  if [[ $dry_run ]]; then
    say "+ write $local_dir/$1"
    cat >/dev/null
    return
  fi
  local temporary
  mkdir -p "$local_dir"
  chmod 0711 "$local_dir"
  temporary=$(umask 077 && mktemp "$local_dir/.XXXXXX")
  cat >"$temporary"
  # Compose mounts the file as it is, so it must belong to the container's user already.
  if ((EUID == 0)); then
    chown 1001:1001 "$temporary"
  else
    say "$1: not root; give it to the bot's user with: sudo chown 1001:1001 $local_dir/$1"
  fi
  chmod 0400 "$temporary"
  mv -f "$temporary" "$local_dir/$1"
  say "$1: written to $local_dir/$1"
}

generate_key() {
  if exists data-key; then
    say "data-key: there is one already; docs/DEPLOYMENT.md tells how to change it"
    return
  fi
  head -c 32 /dev/urandom | base64 | tr -d '\n' | store data-key
}

ask_all() {
  local name value
  for name in "${NAMES[@]}"; do
    [[ $name == data-key-old ]] && continue
    if [[ $name == data-key ]]; then
      generate_key
      continue
    fi
    exists "$name" && printf '(there is one) ' >&2
    read -rsp "$name — $(what_it_is "$name"): " value
    echo >&2
    [[ -n $value ]] || continue
    if value=$(printf '%s' "$value" | plausible "$name"); then
      printf '%s' "$value" | store "$name"
    fi
  done
}

list() {
  local name lacking=0
  for name in "${NAMES[@]}"; do
    if exists "$name"; then
      printf '%-24s there\n' "$name"
    elif [[ " ${DEPLOY_SECRETS:-telegram-bot-token data-key} " == *" $name "* ]]; then
      printf '%-24s MISSING: %s\n' "$name" "$(what_it_is "$name")"
      lacking=1
    else
      printf '%-24s not used\n' "$name"
    fi
  done
  return "$lacking"
}

local_dir=
own_flag() { # FLAG [DIR]
  [[ $1 == --local ]] || return 1
  local_dir=${2:-./secrets}
  taken=2
}
arguments "$@"
((${#words[@]} <= 2)) || wrong_usage
load_environment "$environment"
[[ $local_dir ]] || need DEPLOY_PROJECT
case ${words[0]:-} in
  '') ask_all ;;
  set)
    known "${words[1]:-}"
    # First the one, then the other: in a pipe the storing would not wait for the verdict.
    value=$(plausible "${words[1]}")
    printf '%s' "$value" | store "${words[1]}"
    ;;
  generate-key) generate_key ;;
  list) list ;;
  *) wrong_usage ;;
esac
