#!/usr/bin/env bats
# The shipped compose file with the real image: what holds while it is up, and what a first try without settings says.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load lib

setup_file() {
  scene
  raise_scene
  "$DEPLOY" deploy v1
}
setup() {
  scene
  root=$tests/../..
}
teardown_file() {
  scene
  clear_scene
}

inspect() { docker inspect --format "$2" "order-bot-$1-1"; }

@test "the first docker compose up without settings ends with what is missing" {
  folder=$VM/fresh
  mkdir -p "$folder"
  cp "$root/docker-compose.yml" "$root/Caddyfile" "$root/menu.json" "$folder/"
  cd "$folder"
  run docker compose up
  echo "$output"
  [[ $status != 0 ]]
  for word in SITE_ADDRESS APP_ENV OPERATOR_CHAT_ID secrets/telegram-bot-token secrets/data-key docs/DEPLOYMENT.md; do
    [[ $output == *"$word"* ]]
  done
  cp "$tests/env/production.env" .env
  BOT_IMAGE=$IMAGES/bot:v1 COMPOSE_PROJECT_NAME=order-bot-fresh run docker compose up
  echo "$output"
  docker compose -p order-bot-fresh down --volumes 2>/dev/null
  [[ $status != 0 && $output =~ secrets/(telegram-bot-token|data-key) ]]
}

@test "both run as user 1001 without capabilities, on read-only roots, with limits and rotated logs" {
  for name in bot caddy; do
    [[ $(inspect $name '{{.Config.User}}') == 1001:1001 ]]
    [[ $(inspect $name '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Init}} {{.HostConfig.Privileged}}') == "true true false" ]]
    [[ $(inspect $name '{{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}') == "[ALL] [no-new-privileges:true]" ]]
    [[ $(inspect $name '{{.HostConfig.RestartPolicy.Name}}') == unless-stopped ]]
    [[ $(inspect $name '{{.HostConfig.LogConfig}}') == "{json-file map[max-file:5 max-size:10m]}" ]]
  done
  [[ $(inspect bot '{{json .HostConfig.CapAdd}} {{json .HostConfig.Memory}} {{json .HostConfig.NanoCpus}} {{json .HostConfig.PidsLimit}}') == "null 402653184 1000000000 128" ]]
  [[ $(inspect caddy '{{json .HostConfig.CapAdd}} {{json .HostConfig.Memory}} {{json .HostConfig.NanoCpus}} {{json .HostConfig.PidsLimit}}') == '["NET_BIND_SERVICE"] 134217728 500000000 64' ]]
  [[ $(inspect bot '{{.Config.StopTimeout}}') == 30 ]]
  # In force, not only asked for: the program itself has no capability and cannot get one.
  pid=$(inspect bot '{{.State.Pid}}')
  grep -qE '^CapEff:\s0+$' "/proc/$pid/status"
  grep -qE '^CapBnd:\s0+$' "/proc/$pid/status"
  grep -qE '^NoNewPrivs:\s1$' "/proc/$pid/status"
}

@test "the image has no shell, its binary cannot be written, and the data folder is the bot's alone" {
  run -127 docker run --rm --entrypoint /bin/sh "$IMAGES/bot:v1" -c true
  id=$(docker create "$IMAGES/bot:v1")
  docker export "$id" >"$VM/image.tar"
  docker rm "$id" >/dev/null
  tar -tvf "$VM/image.tar" usr/local/bin/order-bot | grep -qE '^-r-xr-xr-x 0/0 '
  tar -tvf "$VM/image.tar" data | grep -qE '^drwx------ 1001/1001 '
  run tar -tf "$VM/image.tar"
  [[ $output == *etc/ssl/certs/ca-certificates.crt* && $output == *usr/share/zoneinfo/America/Chicago* ]]
  [[ $output != *.env* && $output != *secrets/* ]]
  # What a scanner of the image needs to know which libc this is, and what glibc needs to look into /etc/hosts first.
  [[ $output == *var/lib/dpkg/status.d/libc6* && $output == *etc/nsswitch.conf* && $output == *usr/lib/os-release* ]]
}

@test "the image is small, and tells what it is made of" {
  bytes=$(docker image inspect --format '{{.Size}}' "$IMAGES/bot:v1")
  printf '# the image: %d.%d MB, the binary in it: %s bytes\n' $((bytes / 1000000)) $((bytes / 100000 % 10)) \
    "$(tar -tvf "$VM/image.tar" usr/local/bin/order-bot | awk '{print $3}')" >&3
  ((bytes < 40000000))
  [[ $(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$IMAGES/bot:v1") == test-v1 ]]
  # No credential in any layer's command either.
  run docker history --no-trunc "$IMAGES/bot:v1"
  [[ $output != *"$TOKEN"* ]]
}

@test "only Caddy is published; the bot is on the inner network and the one that leads out" {
  [[ $(inspect bot '{{range $port, $to := .NetworkSettings.Ports}}{{$to}}{{end}}') == "[]" ]]
  [[ $(inspect bot '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}') == "order-bot_bot_internal order-bot_egress " ]]
  [[ $(inspect caddy '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}') == "order-bot_bot_internal order-bot_web " ]]
  [[ $(docker network inspect --format '{{.Internal}}' order-bot_bot_internal order-bot_egress order-bot_web) == $'true\nfalse\nfalse' ]]
}

@test "nothing leaves by the inner network, and Caddy cannot reach the network that leads out" {
  out() { # NETWORK: whether a container on it reaches a server of this machine
    docker run --rm --network "$1" --entrypoint bash order-bot-test/debian:2 -c "timeout 3 bash -c 'exec 3<>/dev/tcp/$(gateway)/18099'"
  }
  gateway() { docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' order-bot_egress; }
  python3 -m http.server --bind "$(gateway)" 18099 >/dev/null 2>&1 &
  server=$!
  within 10 nc_open "$(gateway)"
  run out order-bot_egress
  open=$status
  run out order-bot_bot_internal
  closed=$status
  kill "$server"
  [[ $open == 0 && $closed != 0 ]]
  run docker exec order-bot-caddy-1 timeout 3 bash -c 'exec 3<>/dev/tcp/telegram/8081'
  [[ $status != 0 ]]
}
nc_open() { (exec 3<>"/dev/tcp/$1/18099") 2>/dev/null; }

@test "the root file system cannot be written to, and /tmp runs nothing" {
  run docker exec order-bot-bot-1 /usr/local/bin/order-bot backup /usr/local/bin/copy
  [[ $status != 0 ]]
  inspect bot '{{json .HostConfig.Tmpfs}}' | grep -q 'noexec,nosuid,nodev'
}

@test "four addresses are public, and nothing else" {
  for path in /health /health/live /health/bot /health/caddy; do
    [[ $(ask $path --output /dev/null --write-out '%{http_code}') == 200 ]]
    [[ $(ask $path --head --output /dev/null --write-out '%{http_code}') == 200 ]]
  done
  for path in / /metrics /HEALTH /health/ /health/ready /health/caddy/x /healthz /metrics/ //metrics /health/../metrics /.env; do
    [[ $(ask $path --path-as-is --output /dev/null --write-out '%{http_code}') == 404 ]]
  done
  [[ $(ask /health -X POST --output /dev/null --write-out '%{http_code}') == 404 ]]
}

@test "security headers are on good answers and on errors, and nothing says what serves" {
  for path in /health /health/caddy /metrics; do
    headers=$(ask $path --head)
    for header in 'strict-transport-security: max-age=31536000' 'x-content-type-options: nosniff' 'x-frame-options: deny' \
      'referrer-policy: no-referrer' "content-security-policy: default-src 'none'" 'permissions-policy: ' 'cache-control: no-store'; do
      grep -qi "^$header" <<<"$headers"
    done
    run grep -iE '^(server|via|x-powered-by):' <<<"$headers"
    [[ $status == 1 ]]
  done
}

@test "large heads and bodies are refused, and Caddy goes on" {
  [[ $(ask /health --header "X: $(head -c 40000 /dev/zero | tr '\0' x)" --output /dev/null --write-out '%{http_code}' || true) != 200 ]]
  [[ $(ask /health/caddy --output /dev/null --write-out '%{http_code}') == 200 ]]
}

@test "the access log is JSON and holds no address, header or query" {
  ask '/health?token=canary-query' --header 'Authorization: Bearer canary-header' --header 'Cookie: canary=cookie' \
    --user-agent canary-agent --output /dev/null
  seen() { docker logs order-bot-caddy-1 2>&1 | grep '"logger":"http.log.access' | tail -n 1 | jq -e '.request.uri' | grep -q health; }
  within 10 seen
  docker logs order-bot-caddy-1 2>/dev/null | jq -e . >/dev/null
  line=$(docker logs order-bot-caddy-1 2>&1 | grep '"logger":"http.log.access' | tail -n 1)
  echo "$line"
  [[ $line != *canary* && $line != *remote_ip* && $line != *client_ip* && $line != *'"headers"'* ]]
  [[ $(jq '[.status, .request.method, (.duration >= 0)] == [200, "GET", true]' <<<"$line") == true ]]
}

@test "the bot limits who asks too often, whatever proxy stands before it, but not its own health check" {
  codes=$(for _ in {1..60}; do ask /health/live --output /dev/null --write-out '%{http_code}\n'; done)
  grep -q 429 <<<"$codes"
  # What a client says of where it comes from does not help it.
  codes=$(for n in {1..60}; do ask /health/live --header "X-Forwarded-For: 203.0.113.$n" --output /dev/null --write-out '%{http_code}\n'; done)
  grep -q 429 <<<"$codes"
  for _ in {1..30}; do
    docker exec order-bot-bot-1 order-bot health >/dev/null
  done
}

@test "with a name Caddy speaks TLS by itself, and plain HTTP only leads there" {
  mkdir -p "$VM/env"
  sed 's|^SITE_ADDRESS=.*|SITE_ADDRESS=localhost|; s|^DEPLOY_HEALTH_URL=.*|DEPLOY_HEALTH_URL=|' "$tests/env/production.env" >"$VM/env/production.env"
  DEPLOY_ENV_DIR=$VM/env "$DEPLOY" deploy current
  # On localhost Caddy is its own authority; its root stands in its volume.
  root_of() { docker cp order-bot-caddy-1:/data/caddy/pki/authorities/local/root.crt "$VM/root.crt" >/dev/null 2>&1; }
  within 20 root_of
  ok() { curl -fsS --cacert "$VM/root.crt" -o /dev/null https://localhost:18443/health; }
  within 20 ok
  run curl -sS --cacert "$VM/root.crt" --tls-max 1.1 -o /dev/null https://localhost:18443/health
  [[ $status != 0 ]]
  [[ $(ask /health --output /dev/null --write-out '%{http_code} %{redirect_url}') == "308 https://localhost/health" ]]
  "$DEPLOY" rollback
}

@test "what the bot knows is there after down and up" {
  curl -fsS -X POST "$CONTROL/orders?per_second=4"
  some() { (($(report placed) >= 3)); }
  within 30 some
  curl -fsS -X POST "$CONTROL/orders?per_second=0"
  within 30 all_served
  docker exec order-bot-bot-1 order-bot orders export >"$VM/before.csv"
  release=$ORDER_BOT_ROOT/current
  dc() { docker compose --project-directory "$(readlink "$release")" "$@"; }
  # The stand-in holds the network that leads out: only the containers go.
  dc rm --stop --force
  [[ -z $(bot) ]]
  dc up --detach --no-build --wait
  docker exec order-bot-bot-1 order-bot orders export >"$VM/after.csv"
  (($(wc -l <"$VM/after.csv") > 3))
  cmp "$VM/before.csv" "$VM/after.csv"
}

@test "a backup is made beside the running bot, tried out, and put back" {
  id=$(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-bot-1)
  "$BACKUP" now
  [[ $(docker inspect --format '{{.Id}} {{.State.StartedAt}}' order-bot-bot-1) == "$id" ]]
  run "$BACKUP" list
  echo "$output"
  name=$(grep -oE '[0-9TZ]+\.backup' <<<"$output" | tail -n 1)
  [[ -n $name ]]
  orders=$(($(docker exec order-bot-bot-1 order-bot orders export | wc -l) - 1))
  run "$BACKUP" drill
  echo "$output"
  [[ $status == 0 && $output == *"holds $orders orders"* ]]
  [[ -z $(docker volume ls --quiet --filter name=drill) ]]
  # What comes after the backup is gone once it is put back, and the bot takes orders again.
  begun=$(report begun)
  curl -fsS -X POST "$CONTROL/orders?per_second=4"
  more() { (($(report placed) > begun + 2)); }
  within 30 more
  curl -fsS -X POST "$CONTROL/orders?per_second=0"
  within 30 all_served
  run "$BACKUP" restore --yes "$name"
  echo "$output"
  [[ $status == 0 && $(version_that_runs) == "v1 healthy" ]]
  (($(docker exec order-bot-bot-1 order-bot orders export | wc -l) - 1 == orders))
}

@test "the data key is changed, and all that was sealed with the old one can still be read" {
  docker exec order-bot-bot-1 order-bot orders export >"$VM/before.csv"
  (($(wc -l <"$VM/before.csv") > 3))
  mkdir -p "$FAKE_GCLOUD/secrets/data-key-old"
  cp "$FAKE_GCLOUD/secrets/data-key/1" "$FAKE_GCLOUD/secrets/data-key-old/1"
  head -c 32 /dev/urandom | base64 >"$FAKE_GCLOUD/secrets/data-key/2"
  # Without the old one the new version finds data that it cannot read, and is taken back.
  run "$DEPLOY" deploy current
  echo "$output"
  [[ $status == 2 && $(version_that_runs) == *healthy ]]
  DEPLOY_SECRETS='telegram-bot-token data-key data-key-old' "$DEPLOY" deploy current
  run "$BACKUP" rekey
  echo "$output"
  [[ $status == 0 ]]
  "$DEPLOY" deploy current
  [[ $(version_that_runs) == *healthy ]]
  docker inspect --format '{{.Config.Env}}' order-bot-bot-1 | grep -q 'DATA_KEY_OLD_FILE= '
  docker exec order-bot-bot-1 order-bot orders export >"$VM/after.csv"
  cmp "$VM/before.csv" "$VM/after.csv"
}

@test "the development override runs the bot without Caddy, on this machine alone" {
  config=$(docker compose --env-file "$root/deploy/env/dev.env" -f "$root/docker-compose.yml" -f "$root/docker-compose.dev.yml" config --format json)
  [[ $(jq -c '.services | keys' <<<"$config") == '["bot"]' ]]
  [[ $(jq -r '.services.bot.environment.APP_ENV' <<<"$config") == development ]]
  [[ $(jq -c '[.services.bot.ports[] | .host_ip]' <<<"$config") == '["127.0.0.1"]' ]]
}
