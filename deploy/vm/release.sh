#!/usr/bin/env bash
# Releases on the VM: the only program there that starts and stops the bot. deploy.sh calls it, and systemd at boot.
#
# A release is a folder with everything that belongs together: images by digest, compose file, Caddyfile, menu, settings,
# the numbers of the secrets' versions. Going back is starting an older folder. The bot is stopped, then started: two
# pollers on one token would take each other's updates. What customers write meanwhile waits with Telegram.
set -Eeuo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=deploy/vm/common.sh
. "$here/common.sh"

readonly KEEP=${ORDER_BOT_KEEP:-5}                     # releases that are kept
readonly WAIT=${ORDER_BOT_WAIT:-90}                    # seconds until the containers must be healthy
readonly SETTLE=${ORDER_BOT_SETTLE:-5}                 # seconds for which they must stay so
readonly MIN_FREE_KB=${ORDER_BOT_MIN_FREE_KB:-1048576} # free on the disk before a release is fetched

usage() {
  cat <<'TEXT'
usage: release.sh deploy FOLDER | rollback | start | status | health | logs [LINES]

  deploy FOLDER  make FOLDER a release and start it; go back by itself when it is not healthy
  rollback       start the release before the current one; a second time: the one after it again
  start          start the current release, as at boot
Exit codes: 0 done, 1 failed and nothing changed, 2 failed and the release before runs again, 3 failed and nothing
runs, 75 another deployment is under way.
TEXT
}

# --- secrets -------------------------------------------------------------------------------------------------------

# Notes which version of each secret this release has, so that going back takes the old ones.
pin_secrets() { # RELEASE
  local release=$1 project secret version
  project=$(<"$release/project")
  : >"$release/versions"
  while read -r secret; do
    version=$(gcloud secrets versions access latest --secret="$secret" --project="$project" \
      --format='value(name)') || {
      say "secret $secret: no version that this machine may read"
      return 1
    }
    version=${version##*/}
    [[ $version =~ ^[0-9]+$ ]] || {
      say "secret $secret: its version has no number"
      return 1
    }
    echo "$secret $version" >>"$release/versions"
  done <"$release/secrets"
}

# Into memory, a folder a release: a file is whole and readable by the bot alone from its first instant.
fetch_secrets() { # RELEASE
  local release=$1 folder project secret version temporary
  folder=$(setting "$release" SECRETS_DIR)
  project=$(<"$release/project")
  install -d -m 0711 "$RUN" "${folder%/*}" "$folder"
  while read -r secret version; do
    [[ -s $folder/$secret ]] && continue
    temporary=$(mktemp "$folder/.XXXXXX")
    if ! gcloud secrets versions access "$version" --secret="$secret" --project="$project" >"$temporary"; then
      rm -f "$temporary"
      say "secret $secret: version $version cannot be read"
      return 1
    fi
    if [[ ! -s $temporary ]]; then
      rm -f "$temporary"
      say "secret $secret: version $version is empty"
      return 1
    fi
    chown "$OWNER" "$temporary"
    chmod 0400 "$temporary"
    mv -f "$temporary" "$folder/$secret"
  done <"$release/versions"
}

# --- before anything is touched --------------------------------------------------------------------------------------

pinned() { # RELEASE
  local name image
  for name in BOT_IMAGE CADDY_IMAGE; do
    image=$(setting "$1" "$name")
    [[ $image =~ @sha256:[0-9a-f]{64}$ ]] || {
      say "$name is not pinned by a digest: $image"
      return 1
    }
  done
}

disk_has_room() {
  local free
  free=$(df --output=avail -k "$ROOT" | tail -n 1)
  ((free >= MIN_FREE_KB)) || {
    say "only $((free / 1024)) MiB are free on the disk, $((MIN_FREE_KB / 1024)) are needed: docker system prune, or a larger disk"
    return 1
  }
}

# A bot that starts on a new volume has forgotten its customers and orders. That must never pass for a success.
data_is_there() {
  [[ -z $(current) || -n ${ORDER_BOT_NEW_DATA:-} ]] && return 0
  docker volume inspect "${PROJECT_NAME}_data" >/dev/null 2>&1 || {
    say "the volume ${PROJECT_NAME}_data is gone: restore a backup, or begin anew on purpose with ORDER_BOT_NEW_DATA=1"
    return 1
  }
}

images_are_here() { # RELEASE
  local name image
  for name in BOT_IMAGE CADDY_IMAGE; do
    image=$(setting "$1" "$name")
    docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" >/dev/null || {
      say "cannot be pulled: $image"
      return 1
    }
  done
}

# The new version itself reads the release's settings, secrets and menu, in a container of its own.
settings_are_right() { # RELEASE
  local said
  said=$(compose "$1" run --rm --no-deps -T bot check --offline 2>&1) || {
    say "the new version does not accept its settings:"
    tail -n 20 <<<"$said" | tee -a "$ROOT/deploy.log" >&2
    return 1
  }
}

caddyfile_is_right() { # RELEASE
  local said
  said=$(docker run --rm --network none --user "$OWNER" --read-only --cap-drop ALL --cap-add NET_BIND_SERVICE \
    --tmpfs "/data:uid=${OWNER%:*},gid=${OWNER#*:},mode=0700" --env "SITE_ADDRESS=$(setting "$1" SITE_ADDRESS)" \
    --volume "$1/Caddyfile:/etc/caddy/Caddyfile:ro" "$(setting "$1" CADDY_IMAGE)" \
    caddy validate --config /etc/caddy/Caddyfile 2>&1) || {
    say "the Caddyfile is wrong:"
    tail -n 3 <<<"$said" | tee -a "$ROOT/deploy.log" >&2
    return 1
  }
}

# --- starting --------------------------------------------------------------------------------------------------------

healthy() { # RELEASE: inside, for a while, and through Caddy
  local release=$1 bot state second url host port
  bot=$(bot_container)
  for ((second = 0; second <= SETTLE; second++)); do
    state=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}}' "$bot" 2>/dev/null) || state=gone
    [[ $state == "running healthy 0" ]] || {
      say "the bot is not well: $state"
      return 1
    }
    ((second == SETTLE)) || sleep 1
  done
  docker exec "$bot" order-bot health --url http://127.0.0.1:8080/health/bot 2>/dev/null | grep -q '"status":"ok"' || {
    say "the bot does not reach Telegram, or its token is refused"
    return 1
  }
  url=$(<"$release/health-url")
  [[ -n $url ]] || {
    say "not asked through Caddy: DEPLOY_HEALTH_URL is empty"
    return 0
  }
  host=$(sed -E 's|^https?://||; s|[:/].*$||' <<<"$url")
  port=$(sed -nE 's|^https?://[^/]*:([0-9]+).*|\1|p' <<<"$url")
  [[ -n $port ]] || case $url in https:*) port=443 ;; *) port=80 ;; esac
  # A first certificate takes a while.
  curl --fail --silent --show-error --max-time 10 --retry 12 --retry-delay 5 --retry-max-time "$WAIT" --retry-all-errors \
    --resolve "$host:$port:127.0.0.1" --output /dev/null "$url" || {
    say "no good answer through Caddy: $url"
    return 1
  }
}

# Caddy keeps running unless its image changes: its file is one path for ever, and is read again in place.
place_caddyfile() { # RELEASE; sets caddyfile_changed
  mkdir -p "$ROOT/caddy"
  caddyfile_changed=
  if ! cmp -s "$1/Caddyfile" "$ROOT/caddy/Caddyfile"; then
    caddyfile_changed=1
    # The same inode: it is what the container has mounted.
    cat "$1/Caddyfile" >"$ROOT/caddy/Caddyfile"
    chmod 0644 "$ROOT/caddy/Caddyfile"
  fi
}

activate() { # RELEASE
  local release=$1 before
  fetch_secrets "$release" || return 1
  before=$(compose "$release" ps --quiet caddy 2>/dev/null) || before=
  place_caddyfile "$release"
  compose "$release" up --detach --no-build --pull never --remove-orphans --wait --wait-timeout "$WAIT" >&2 || return 1
  if [[ -n $caddyfile_changed && -n $before && $before == "$(compose "$release" ps --quiet caddy)" ]]; then
    compose "$release" exec -T caddy caddy reload --config /etc/caddy/Caddyfile --address unix//run/caddy/admin.sock >&2 || return 1
  fi
  healthy "$release"
}

describe() { # RELEASE
  printf 'release=%s bot=%s caddy=%s secrets=%s by=%s' "${1##*/}" "$(setting "$1" BOT_IMAGE)" "$(setting "$1" CADDY_IMAGE)" \
    "$(tr ' \n' ':,' <"$1/versions" | sed 's/,$//')" "$(<"$1/by")"
}

prune() {
  local kept old image folder
  # Their names ascend with the time.
  kept=$(printf '%s\n' "$ROOT"/releases/* | tail -n "$KEEP")
  kept+=$'\n'"$(current)"$'\n'"$(previous)"
  for old in "$ROOT"/releases/*; do
    grep -qxF "$old" <<<"$kept" && continue
    for image in "$(setting "$old" BOT_IMAGE)" "$(setting "$old" CADDY_IMAGE)"; do
      grep -qF "=$image" "$(current)/.env" "$(previous)/.env" 2>/dev/null || docker image rm "$image" >/dev/null 2>&1 || true
    done
    rm -rf "$old"
  done
  for folder in "$RUN"/secrets/*; do
    [[ $folder == "$(setting "$(current)" SECRETS_DIR)" || $folder == "$(setting "$(previous)" SECRETS_DIR)" ]] || rm -rf "$folder"
  done
}

# --- what can be asked -----------------------------------------------------------------------------------------------

deploy() { # FOLDER
  local folder=$1 before release began=$SECONDS
  lock 0
  before=$(current)
  release=$ROOT/releases/$(date -u +%Y%m%dT%H%M%S.%3N)
  mkdir -p "$ROOT/releases"
  cp -rT "$folder" "$release"
  # The containers' user reads these two through their mounts; the rest is root's alone.
  chmod 0644 "$release/Caddyfile" "$release/menu.json"
  {
    echo "RELEASE=${release##*/}"
    echo "SECRETS_DIR=$RUN/secrets/${release##*/}"
    echo "CADDYFILE=$ROOT/caddy/Caddyfile"
    echo "MENU=$release/menu.json"
    local secret
    for secret in $(<"$release/secrets"); do
      case $secret in
        openai-api-key) echo "OPENAI_API_KEY_PATH=$RUN/secrets/${release##*/}/$secret" ;;
        google-service-account) echo "GOOGLE_SERVICE_ACCOUNT_PATH=$RUN/secrets/${release##*/}/$secret" ;;
        payment-provider-token) echo "PAYMENT_PROVIDER_TOKEN_PATH=$RUN/secrets/${release##*/}/$secret" ;;
        data-key-old) echo "DATA_KEY_OLD_PATH=$RUN/secrets/${release##*/}/$secret" ;;
      esac
    done
  } >>"$release/.env"
  # Everything that can fail without anybody noticing comes first.
  if ! { pinned "$release" && disk_has_room && data_is_there && pin_secrets "$release" && fetch_secrets "$release" &&
    compose "$release" config --quiet && images_are_here "$release" && place_first_caddyfile "$release" &&
    caddyfile_is_right "$release" && settings_are_right "$release"; }; then
    say "REFUSED before anything was touched: release=${release##*/} bot=$(setting "$release" BOT_IMAGE)"
    rm -rf "$release" "$RUN/secrets/${release##*/}"
    exit "$E_NOTHING_CHANGED"
  fi
  if activate "$release"; then
    point current "$release"
    [[ -z $before ]] || point previous "$before"
    say "DEPLOYED $(describe "$release") took=$((SECONDS - began))s before=${before##*/}"
    prune
    return
  fi
  say "FAILED $(describe "$release")"
  compose "$release" logs --no-color --no-log-prefix --tail 30 bot >>"$ROOT/deploy.log" 2>&1 || true
  if [[ -z $before ]]; then
    compose "$release" down >&2 || true
    say "nothing ran before, nothing runs now"
    exit "$E_DOWN"
  fi
  go_back_to "$before"
  rm -rf "$RUN/secrets/${release##*/}"
  exit "$E_ROLLED_BACK"
}

# On a new machine the mounted file must exist before the containers are looked at.
place_first_caddyfile() { # RELEASE
  [[ -f $ROOT/caddy/Caddyfile ]] || place_caddyfile "$1"
}

go_back_to() { # RELEASE
  if activate "$1"; then
    say "ROLLED BACK to $(describe "$1")"
  else
    say "ROLLBACK FAILED to release=${1##*/}: the bot needs a human; release.sh status, release.sh logs"
    exit "$E_DOWN"
  fi
}

rollback() {
  local from to
  lock 0
  from=$(current)
  to=$(previous)
  [[ -n $to && -d $to ]] || {
    say "there is no release before this one"
    exit "$E_NOTHING_CHANGED"
  }
  if ! { fetch_secrets "$to" && images_are_here "$to"; }; then
    say "REFUSED before anything was touched: rollback to release=${to##*/}"
    exit "$E_NOTHING_CHANGED"
  fi
  if activate "$to"; then
    point current "$to"
    point previous "$from"
    say "ROLLED BACK to $(describe "$to") from=${from##*/}"
  else
    say "FAILED to roll back to $(describe "$to")"
    go_back_to "$from"
    exit "$E_ROLLED_BACK"
  fi
}

start() {
  local release try
  lock 120
  release=$(current)
  [[ -n $release ]] || {
    echo "nothing is deployed yet"
    return
  }
  # At boot the network may come a moment later than this.
  for try in 1 2 3 4 5 6; do
    fetch_secrets "$release" && break
    ((try < 6)) || exit "$E_DOWN"
    sleep 5
  done
  activate "$release" || {
    say "the release ${release##*/} does not start"
    exit "$E_DOWN"
  }
  say "STARTED $(describe "$release")"
}

status() {
  local release
  release=$(current)
  [[ -n $release ]] || {
    echo "nothing is deployed"
    exit "$E_NOTHING_CHANGED"
  }
  describe "$release" | tr ' ' '\n'
  echo
  printf 'before=%s\n' "$(basename "$(previous)")"
  compose "$release" ps
}

case ${1:-} in
  deploy) deploy "${2:?a folder}" ;;
  rollback) rollback ;;
  start) start ;;
  status) status ;;
  health) docker exec "$(bot_container)" order-bot health ;;
  logs) compose "$(current)" logs --no-color --tail "${2:-100}" ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 64
    ;;
esac
