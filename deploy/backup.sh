#!/usr/bin/env bash
# Backups: the operator's side. On the VM, vm/data.sh does the work; it also runs there each night (vm-setup.sh).
set -Eeuo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'TEXT'
usage: deploy/backup.sh [--env NAME] [--dry-run] COMMAND

  now             copy the data folder, also while the bot runs, to the bucket
  list            the copies in the bucket
  drill [NAME]    put a copy (the newest) back into a volume of its own, read the orders in it, throw it away
  restore NAME    stop the bot, put the copy back in place of the data, start the bot; asks first, unless with --yes
  rekey           stop the bot, seal the data with data-key in place of data-key-old, start the bot

  --env NAME      production (the default), staging or dev
  --dry-run       show the call and do not make it
The bucket stands on the VM in /etc/order-bot/bucket; gcp-setup.sh makes it, vm-setup.sh notes it.
TEXT
}

data() { on_vm "sudo ${DEPLOY_ROOT:-/opt/order-bot}/current/data.sh $(quoted "$@")"; }

yes=
own_flag() { [[ $1 == --yes ]] && yes=1; }
arguments "$@"
((${#words[@]} <= 2)) || wrong_usage
load_environment "$environment"
need DEPLOY_PROJECT DEPLOY_ZONE DEPLOY_VM
name=${words[1]:-}
[[ $name =~ ^[0-9A-Za-z._-]*$ ]] || die 64 "not a name of a backup: $name"
case ${words[0]:-} in
  now) data backup ;;
  list) data list ;;
  rekey) data rekey ;;
  drill) data drill ${name:+"$name"} ;;
  restore)
    [[ -n $name ]] || die 64 "restore wants the name of a backup: deploy/backup.sh list"
    if [[ ! $yes && ! $dry_run ]]; then
      read -rp "This replaces all data of $environment with $name. Type $environment to go on: " answer
      [[ $answer == "$environment" ]] || die 1 "nothing was done"
    fi
    data restore "$name"
    ;;
  *) wrong_usage ;;
esac
