# shellcheck shell=bash
# What the tests with an engine share: a VM in a folder, Telegram in a container, and ways to look at both.

readonly IMAGES=127.0.0.1:15000/tasty-ar
readonly TOKEN=7000000001:a-token-of-the-tests
readonly CONTROL=http://127.0.0.1:18082

# The folders, the fakes on the path, the settings. Everything but gcloud and sudo is real.
scene() {
  set -euo pipefail
  tests=$(cd "$BATS_TEST_DIRNAME" && pwd)
  eval "$("$tests/engine.sh" env)"
  export PATH=$tests/fakes:$PATH
  export VM=$BATS_FILE_TMPDIR/vm FAKE_GCLOUD=$BATS_FILE_TMPDIR/gcloud
  export ORDER_BOT_ROOT=$VM/opt ORDER_BOT_RUN=$VM/run ORDER_BOT_SETTLE=3 ORDER_BOT_WAIT=40
  export ORDER_BOT_BUCKET_FILE=$VM/bucket TMPDIR=$VM/tmp
  export DEPLOY_ROOT=$ORDER_BOT_ROOT DEPLOY_ENV_DIR=$tests/env CADDY_IMAGE=$IMAGES/caddy:v1
  export DEPLOY=$tests/../deploy.sh BACKUP=$tests/../backup.sh
}

# An empty VM, and Telegram with nobody at the other end.
raise_scene() {
  mkdir -p "$VM"/{opt,run,tmp} "$FAKE_GCLOUD"/{secrets/telegram-bot-token,secrets/data-key,bucket}
  printf 'gs://the-bucket\n' >"$VM/bucket"
  printf '%s' "$TOKEN" >"$FAKE_GCLOUD/secrets/telegram-bot-token/1"
  head -c 32 /dev/urandom | base64 >"$FAKE_GCLOUD/secrets/data-key/1"
  clear_scene
  # Compose takes the network for its own by these labels; the stand-in is there before the bot.
  docker network create --label com.docker.compose.project=order-bot --label com.docker.compose.network=egress \
    order-bot_egress >/dev/null
  telegram "$TOKEN"
}

telegram() { # TOKEN that it knows
  docker rm --force order-bot-test-telegram >/dev/null 2>&1 || true
  docker run --detach --name order-bot-test-telegram --network order-bot_egress --network-alias telegram \
    --publish 127.0.0.1:18082:8082 --read-only --cap-drop ALL order-bot-test/bot-api --token "$1" >/dev/null
  within 20 curl -fsS -o /dev/null "$CONTROL/report"
}

clear_scene() {
  local id
  docker rm --force order-bot-test-telegram >/dev/null 2>&1 || true
  for id in $(docker ps --all --quiet --filter label=com.docker.compose.project=order-bot); do
    docker rm --force --volumes "$id" >/dev/null
  done
  for id in $(docker volume ls --quiet --filter name='^order-bot_'); do
    docker volume rm --force "$id" >/dev/null
  done
  for id in $(docker network ls --quiet --filter name='^order-bot_'); do
    docker network rm "$id" >/dev/null
  done
}

# Tries until it works. SECONDS, then a command.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if ((SECONDS >= end)); then
      echo "not within the time: $*" >&2
      return 1
    fi
    sleep 0.2
  done
}

bot() { docker ps --all --quiet --no-trunc --filter name='^order-bot-bot-1$'; }
version_that_runs() {
  docker inspect --format '{{index .Config.Labels "org.opencontainers.image.version"}} {{.State.Health.Status}}' order-bot-bot-1
}
report() { # FIELD
  curl -fsS "$CONTROL/report" | jq -r ".$1"
}
# Everybody who began has read that their order is placed, the shop has a card of each, and Telegram was told.
all_served() {
  curl -fsS "$CONTROL/report" | jq -e '.begun == .placed and .cards == .orders and .unacknowledged == 0' >/dev/null
}
ask() { # PATH, then arguments of curl
  local path=$1
  shift
  curl --silent --show-error --max-time 10 "$@" "http://localhost:18080$path"
}
log_line() { grep -E "$1" "$ORDER_BOT_ROOT/deploy.log" | tail -n 1; }
