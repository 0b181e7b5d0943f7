#!/usr/bin/env bats
# One VM from its first deployment on: each test goes on where the one before left it.
# shellcheck disable=SC2154

load lib

setup_file() {
  scene
  raise_scene
}
setup() { scene; }
teardown_file() {
  scene
  clear_scene
}

same_bot() { # ID: nobody touched it
  [[ $(bot) == "$1" && $(version_that_runs) == *healthy ]]
}

# A checkout of its own whose files a test may change.
checkout() {
  copy=$VM/checkout
  [[ ! -d $copy ]] || return 0
  mkdir -p "$copy"
  cp -r "$tests/.." "$copy/deploy"
  cp "$tests"/../../{Caddyfile,docker-compose.yml,menu.json} "$copy/"
  git -C "$copy" init -q
  git -C "$copy" -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m test
}

@test "the first deployment, by tag, is pinned to a digest and healthy inside and outside" {
  run "$DEPLOY" deploy v1
  echo "$output"
  [[ $status == 0 ]]
  [[ $(version_that_runs) == "v1 healthy" ]]
  grep -qE '^BOT_IMAGE=.*/bot@sha256:[0-9a-f]{64}$' "$ORDER_BOT_ROOT/current/.env"
  [[ $(ask /health | jq -r .components.telegram.status) == ok ]]
  [[ $(log_line DEPLOYED) =~ bot=.*@sha256:.*\ secrets=telegram-bot-token:1,data-key:1\ by=.*\ took=[0-9]+s ]]
}

@test "secrets are files of the bot's user, in memory, and in no environment, argument or log" {
  folder=$(sed -n 's/^SECRETS_DIR=//p' "$ORDER_BOT_ROOT/current/.env")
  [[ $(stat -c '%a %u:%g' "$folder/telegram-bot-token" "$folder/data-key") == $'400 1001:1001\n400 1001:1001' ]]
  [[ $folder == "$ORDER_BOT_RUN"/* ]]
  key=$(<"$FAKE_GCLOUD/secrets/data-key/1")
  docker inspect order-bot-bot-1 order-bot-caddy-1 >"$VM/inspected"
  docker compose --project-directory "$ORDER_BOT_ROOT/current" config >"$VM/config"
  docker logs order-bot-bot-1 >"$VM/log" 2>&1
  for secret in "$TOKEN" "$key"; do
    run grep -rlF "$secret" "$VM/inspected" "$VM/config" "$VM/log" "$ORDER_BOT_ROOT" "$FAKE_GCLOUD/calls"
    echo "$output"
    [[ $status == 1 ]]
  done
}

@test "an update stops the old bot before it starts the new one, and Caddy runs on" {
  caddy=$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-caddy-1)
  since=$(date +%s.%N)
  run "$DEPLOY" deploy v2
  echo "$output"
  [[ $status == 0 && $(version_that_runs) == "v2 healthy" ]]
  docker events --since "$since" --until "$(date +%s.%N)" --filter type=container \
    --filter label=com.docker.compose.service=bot --filter label=com.docker.compose.oneoff=False \
    --format '{{.Action}} {{index .Actor.Attributes "org.opencontainers.image.version"}}' |
    grep -E '^(die|start) ' >"$VM/events"
  cat "$VM/events"
  [[ $(<"$VM/events") == $'die v1\nstart v2' ]]
  [[ $(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-caddy-1) == "$caddy" ]]
}

@test "a changed Caddyfile is read without a restart of Caddy" {
  caddy=$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-caddy-1)
  checkout
  sed -i 's/max-age=31536000/max-age=42/' "$copy/Caddyfile"
  run "$copy/deploy/deploy.sh" deploy current
  echo "$output"
  [[ $status == 0 && $(version_that_runs) == "v2 healthy" ]]
  ask /health/caddy --head | grep -qi 'strict-transport-security: max-age=42;'
  [[ $(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-caddy-1) == "$caddy" ]]
}

@test "a rollback brings the Caddyfile of its release back too" {
  run "$DEPLOY" rollback
  echo "$output"
  [[ $status == 0 ]]
  ask /health/caddy --head | grep -qi 'strict-transport-security: max-age=31536000;'
}

@test "a Caddyfile that is valid and leads to nobody is taken back by itself" {
  checkout
  cp "$tests/../../Caddyfile" "$copy/Caddyfile"
  sed -i 's/reverse_proxy bot:8080/reverse_proxy bot:9/' "$copy/Caddyfile"
  ORDER_BOT_WAIT=20 run "$copy/deploy/deploy.sh" deploy current
  echo "$output"
  [[ $status == 2 && $output == *"no good answer through Caddy"* ]]
  [[ $(ask /health | jq -r .components.telegram.status) == ok ]]
}

@test "a version that is never healthy is taken back by itself" {
  before=$(readlink "$ORDER_BOT_ROOT/current")
  run "$DEPLOY" deploy sick
  echo "$output"
  [[ $status == 2 && $(version_that_runs) == "v2 healthy" ]]
  [[ $(readlink "$ORDER_BOT_ROOT/current") == "$before" ]]
  [[ $(log_line FAILED) == *bot@sha256* && $(log_line 'ROLLED BACK') == *"release=${before##*/}"* ]]
}

@test "a version that ends at once is taken back by itself" {
  run "$DEPLOY" deploy crashes
  echo "$output"
  [[ $status == 2 && $(version_that_runs) == "v2 healthy" ]]
}

@test "an image that is not there changes nothing" {
  id=$(bot)
  run "$DEPLOY" deploy nosuchtag
  [[ $status == 65 ]]
  same_bot "$id"
  run "$DEPLOY" deploy "$IMAGES/bot@sha256:$(printf '0%.0s' {1..64})"
  echo "$output"
  [[ $status == 1 && $output == *"cannot be pulled"* ]]
  same_bot "$id"
}

@test "a missing, an empty and a wrong secret change nothing" {
  id=$(bot)
  mv "$FAKE_GCLOUD/secrets/data-key" "$FAKE_GCLOUD/secrets/away"
  run "$DEPLOY" deploy v1
  mv "$FAKE_GCLOUD/secrets/away" "$FAKE_GCLOUD/secrets/data-key"
  echo "$output"
  [[ $status == 1 && $output == *"secret data-key"* ]]
  same_bot "$id"
  : >"$FAKE_GCLOUD/secrets/data-key/2"
  run "$DEPLOY" deploy v1
  echo "$output"
  [[ $status == 1 && $output == *"secret data-key: version 2 is empty"* ]]
  same_bot "$id"
  echo "not-a-key" >"$FAKE_GCLOUD/secrets/data-key/2"
  run "$DEPLOY" deploy v1
  echo "$output"
  rm "$FAKE_GCLOUD/secrets/data-key/2"
  [[ $status == 1 && $output == *DATA_KEY* && $output != *not-a-key* ]]
  same_bot "$id"
}

@test "a wrong setting, Caddyfile or compose file changes nothing" {
  id=$(bot)
  mkdir -p "$VM/env"
  sed 's/^TIME_ZONE=.*/TIME_ZONE=Mars/' "$tests/env/production.env" >"$VM/env/production.env"
  DEPLOY_ENV_DIR=$VM/env run "$DEPLOY" deploy v1
  echo "$output"
  [[ $status == 1 && $output == *TIME_ZONE* ]]
  same_bot "$id"
  checkout
  cp "$tests/../../Caddyfile" "$copy/Caddyfile"
  echo 'nonsense {' >>"$copy/Caddyfile"
  run "$copy/deploy/deploy.sh" deploy v1
  echo "$output"
  [[ $status == 1 && $output == *"Caddyfile is wrong"* ]]
  same_bot "$id"
  echo 'nonsense: [' >>"$copy/docker-compose.yml"
  run "$copy/deploy/deploy.sh" deploy v1
  [[ $status == 1 ]]
  same_bot "$id"
}

@test "a full disk changes nothing" {
  id=$(bot)
  ORDER_BOT_MIN_FREE_KB=999999999999 run "$DEPLOY" deploy v1
  echo "$output"
  [[ $status == 1 && $output == *"free on the disk"* ]]
  same_bot "$id"
}

@test "a rollback goes to the release before, and a second one forward again" {
  "$DEPLOY" deploy v1
  [[ $(version_that_runs) == "v1 healthy" ]]
  run "$DEPLOY" rollback
  echo "$output"
  [[ $status == 0 && $(version_that_runs) == "v2 healthy" ]]
  run "$DEPLOY" rollback
  [[ $status == 0 && $(version_that_runs) == "v1 healthy" ]]
}

@test "a second deployment is refused while one is under way" {
  id=$(bot)
  exec 8>>"$ORDER_BOT_ROOT/lock"
  flock 8
  run "$DEPLOY" deploy v2
  echo "$output"
  flock -u 8
  [[ $status == 75 ]]
  same_bot "$id"
}

@test "of two deployments at once one is done and the other refused" {
  "$DEPLOY" deploy v1 >"$VM/one" 2>&1 &
  one=$!
  "$DEPLOY" deploy v2 >"$VM/two" 2>&1 &
  two=$!
  first=0 second=0
  wait "$one" || first=$?
  wait "$two" || second=$?
  cat "$VM/one" "$VM/two"
  [[ "$first $second" == "0 75" || "$first $second" == "75 0" ]]
  [[ $(version_that_runs) == *healthy ]]
}

@test "a new version of a secret is taken by the next deployment, and a rollback takes the old one" {
  printf '%s' "$TOKEN" >"$FAKE_GCLOUD/secrets/telegram-bot-token/2"
  run "$DEPLOY" deploy current
  echo "$output"
  [[ $status == 0 && $(log_line DEPLOYED) == *telegram-bot-token:2,* ]]
  run "$DEPLOY" rollback
  [[ $status == 0 && $(log_line 'ROLLED BACK') == *telegram-bot-token:1,* ]]
  "$DEPLOY" rollback
}

@test "a token that Telegram refuses is taken back by itself" {
  echo "7000000001:revoked" >"$FAKE_GCLOUD/secrets/telegram-bot-token/3"
  run "$DEPLOY" deploy current
  rm "$FAKE_GCLOUD/secrets/telegram-bot-token/3"
  echo "$output"
  [[ $status == 2 && $(version_that_runs) == *healthy ]]
  [[ $(log_line 'ROLLED BACK') == *telegram-bot-token:2,* ]]
}

@test "a data volume that is gone is noticed before a bot starts on an empty one" {
  docker rm --force order-bot-bot-1 >/dev/null
  docker volume rm order-bot_data >/dev/null
  run "$DEPLOY" deploy v2
  echo "$output"
  [[ $status == 1 && $output == *"order-bot_data is gone"* && -z $(docker volume ls --quiet --filter name='^order-bot_data$') ]]
  ORDER_BOT_NEW_DATA=1 "$DEPLOY" deploy v2
  [[ $(version_that_runs) == "v2 healthy" ]]
}

@test "after a reboot the secrets are fetched anew and the same release runs" {
  before=$(readlink "$ORDER_BOT_ROOT/current")
  # What is in memory is gone, and Docker's own restart finds no secrets.
  rm -rf "${ORDER_BOT_RUN:?}"/*
  "$tests/engine.sh" restart
  run version_that_runs
  echo "before the unit: $output"
  [[ $output != *" healthy" ]]
  docker start order-bot-test-telegram >/dev/null
  run "$ORDER_BOT_ROOT/current/release.sh" start
  echo "$output"
  [[ $status == 0 && $(version_that_runs) == "v2 healthy" && $(readlink "$ORDER_BOT_ROOT/current") == "$before" ]]
  [[ $(ask /health | jq -r .status) == ok ]]
}

@test "status, health and logs tell what runs" {
  run "$DEPLOY" status
  echo "$output"
  [[ $status == 0 && $output == *bot=*@sha256:* && $output == *order-bot-caddy-1* ]]
  run "$DEPLOY" health
  [[ $status == 0 && $output == *'"status":"ok"'* ]]
  run "$DEPLOY" logs 5
  [[ $status == 0 && $output == *bot* ]]
  run "$DEPLOY" logs '5; reboot'
  [[ $status == 64 ]]
}

@test "only so many releases are kept, and no image that one of them needs is removed" {
  ORDER_BOT_KEEP=2 "$DEPLOY" deploy v1
  ls "$ORDER_BOT_ROOT/releases"
  (($(ls "$ORDER_BOT_ROOT/releases" | wc -l) <= 3))
  run "$DEPLOY" rollback
  [[ $status == 0 ]]
}
