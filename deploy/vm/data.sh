#!/usr/bin/env bash
# Backups on the VM: made beside the running bot, tried out in a folder of their own, put back. backup.sh calls it, and
# systemd each night.
set -Eeuo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=deploy/vm/common.sh
. "$here/common.sh"

usage() {
  cat <<'TEXT'
usage: data.sh backup | list | drill [NAME] | restore NAME | rekey

  backup        copy the data folder, also while the bot runs, and bring the copy to the bucket
  list          the copies in the bucket
  drill [NAME]  put a copy (the newest) back into a volume of its own, read the orders in it, and throw it away
  restore NAME  stop the bot, put the copy back in place of the data, start the bot
  rekey         stop the bot, seal everything with the release's data-key in place of its data-key-old, start the bot
The bucket stands in /etc/order-bot/bucket. A copy holds personal data, sealed with the data key.
TEXT
}

bucket() {
  local file=${ORDER_BOT_BUCKET_FILE:-/etc/order-bot/bucket}
  [[ -s $file ]] || {
    echo "no bucket: write its name, such as gs://my-backups, into $file" >&2
    exit 64
  }
  cat "$file"
}

# A folder that the container's user may write to and nobody else may read.
scratch() {
  folder=$(mktemp -d "${TMPDIR:-/var/tmp}/order-bot.XXXXXX")
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  chown "$OWNER" "$folder"
}

# order-bot in a container of its own, with the running release's image and key, and without a network.
order_bot() { # VOLUME, then arguments
  local volume=$1 key
  shift
  key=$(setting "$(current)" SECRETS_DIR)/data-key
  docker run --rm --network none --read-only --cap-drop ALL --security-opt no-new-privileges --user "$OWNER" \
    --volume "$volume:/data" --volume "$folder:/backup" --volume "$key:/run/secrets/data-key:ro" \
    --env DATA_KEY_FILE=/run/secrets/data-key "$(setting "$(current)" BOT_IMAGE)" "$@"
}

backup() {
  local name
  name=$(date -u +%Y%m%dT%H%M%SZ).backup
  scratch
  order_bot "${PROJECT_NAME}_data" backup "/backup/$name"
  gcloud storage cp "$folder/$name" "$(bucket)/$name" --quiet
  say "BACKUP $name $(stat -c %s "$folder/$name") bytes"
}

newest() { gcloud storage ls "$(bucket)/*.backup" | sort | tail -n 1 | sed 's|.*/||'; }

fetch() { # NAME
  [[ $1 =~ ^[0-9A-Za-z._-]+$ ]] || {
    echo "not a name of a backup: $1" >&2
    exit 64
  }
  gcloud storage cp "$(bucket)/$1" "$folder/$1" --quiet
  chown "$OWNER" "$folder/$1"
}

drill() { # [NAME]
  local name=${1:-} orders volume
  [[ -n $name ]] || name=$(newest)
  [[ -n $name ]] || {
    echo "there is no backup in $(bucket)" >&2
    exit 1
  }
  scratch
  fetch "$name"
  volume=$(docker volume create "${PROJECT_NAME}_drill_$$")
  # shellcheck disable=SC2064 # those of now
  trap "rm -rf '$folder'; docker volume rm '$volume' >/dev/null" EXIT
  order_bot "$volume" restore "/backup/$name" >&2
  orders=$(order_bot "$volume" orders export --format csv | tail -n +2 | wc -l)
  say "DRILL $name holds $orders orders and can be put back"
}

restore() { # NAME
  lock 0
  scratch
  fetch "$1"
  compose "$(current)" stop bot >&2
  if ! order_bot "${PROJECT_NAME}_data" restore --force "/backup/$1" >&2; then
    compose "$(current)" start bot >&2
    say "FAILED to restore $1: the bot runs on with its data as it was"
    exit "$E_ROLLED_BACK"
  fi
  compose "$(current)" up --detach --no-build --pull never --wait --wait-timeout 90 >&2
  say "RESTORED $1"
}

rekey() {
  local code=0
  lock 0
  compose "$(current)" stop bot >&2
  compose "$(current)" run --rm --no-deps -T bot rekey >&2 || code=$?
  compose "$(current)" up --detach --no-build --pull never --wait --wait-timeout 90 >&2
  ((code == 0)) || {
    say "FAILED to change the data key: the bot runs on with its data as it was"
    exit "$E_ROLLED_BACK"
  }
  say "REKEYED"
}

case ${1:-} in
  backup) backup ;;
  list) gcloud storage ls --long "$(bucket)/*.backup" ;;
  drill) drill "${2:-}" ;;
  restore) restore "${2:?the name of a backup}" ;;
  rekey) rekey ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 64
    ;;
esac
