# What the programs on the VM share. They run as root and are part of each release: the newest one's are used.
# shellcheck shell=bash disable=SC2034

readonly ROOT=${ORDER_BOT_ROOT:-/opt/order-bot}
readonly RUN=${ORDER_BOT_RUN:-/run/order-bot}
# The container's user, to whom the secrets' files belong.
readonly OWNER=${ORDER_BOT_OWNER:-1001:1001}
readonly PROJECT_NAME=order-bot

# Exit codes, for people and for deploy.sh.
readonly E_NOTHING_CHANGED=1 E_ROLLED_BACK=2 E_DOWN=3 E_BUSY=75

# A deployment goes on when the connection that began it breaks: half of one is worse than either end.
trap '' HUP PIPE

# To the log and to whoever watches. Never a secret.
say() {
  local line
  line="$(date -u +%FT%TZ) $*"
  printf '%s\n' "$line" >>"$ROOT/deploy.log"
  printf '%s\n' "$line" >&2 || true
}

# One deployment, rollback or restore at a time. The lock is the open file's: it ends with the process.
lock() { # SECONDS to wait
  exec 9>>"$ROOT/lock"
  flock -w "$1" 9 || {
    echo "another deployment is under way on this machine; try again when it has ended" >&2
    exit "$E_BUSY"
  }
}

current() { readlink "$ROOT/current" 2>/dev/null || true; }
previous() { readlink "$ROOT/previous" 2>/dev/null || true; }

point() { # NAME TARGET: at every instant the link is there
  ln -sfn "$2" "$ROOT/.$1.new"
  mv -T "$ROOT/.$1.new" "$ROOT/$1"
}

compose() { # RELEASE, then arguments
  local release=$1
  shift
  # Another's variables must not stand in for the release's own.
  env -u COMPOSE_FILE -u COMPOSE_PROJECT_NAME docker compose --project-directory "$release" --env-file "$release/.env" \
    --file "$release/docker-compose.yml" "$@" 9>&-
}

# A value of a release's .env, as deploy.sh wrote it.
setting() { # RELEASE NAME
  sed -n "s/^$2=//p" "$1/.env" | tail -n 1
}

bot_container() {
  docker ps --quiet --no-trunc --filter "label=com.docker.compose.project=$PROJECT_NAME" \
    --filter label=com.docker.compose.service=bot --filter label=com.docker.compose.oneoff=False
}
