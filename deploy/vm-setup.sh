#!/usr/bin/env bash
# Makes a fresh Debian 12 VM ready for releases. Run it from the operator's machine; it sends its second half to the VM.
set -Eeuo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'TEXT'
usage: deploy/vm-setup.sh [--env NAME] [--dry-run]
       deploy/vm-setup.sh --print

On the VM, each step only where it is not done yet: Docker and compose from Docker's packages; automatic security
updates; swap; limits for the logs; the units that start the bot at boot, make a backup each night and try one out each
week; a rule that keeps containers from Google's metadata server, and with it from the VM's own credentials.

  --env NAME   production (the default), staging or dev
  --dry-run    show the call and do not make it
  --print      print what would run on the VM, to read it or to run it by hand as root
TEXT
}

# What runs on the VM, as root.
on_the_vm() {
  cat <<'VM'
set -Eeuo pipefail
export DEBIAN_FRONTEND=noninteractive
say() { printf 'vm-setup: %s\n' "$*" >&2; }

packages() {
  local needed=(ca-certificates curl gnupg iptables unattended-upgrades)
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends "${needed[@]}" >/dev/null
  if ! docker compose version >/dev/null 2>&1; then
    say "installing Docker"
    install -d -m 0755 /etc/apt/keyrings
    curl -fsSL https://download.docker.com/linux/debian/gpg -o /etc/apt/keyrings/docker.asc
    echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable" \
      >/etc/apt/sources.list.d/docker.list
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin >/dev/null
  fi
}

updates() {
  cat >/etc/apt/apt.conf.d/52order-bot <<'CONF'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "09:30";
CONF
  systemctl enable --now unattended-upgrades >/dev/null 2>&1
}

# A small machine pulls images and runs apt beside the bot.
swap() {
  swapon --show | grep -q . && return
  fallocate -l 1G /swapfile
  chmod 0600 /swapfile
  mkswap /swapfile >/dev/null
  swapon /swapfile
  grep -q '^/swapfile ' /etc/fstab || echo '/swapfile none swap sw 0 0' >>/etc/fstab
}

engine() {
  install -d -m 0755 /etc/docker
  cat >/etc/docker/daemon.json <<'JSON'
{
  "log-driver": "json-file",
  "log-opts": {"max-size": "10m", "max-file": "5"},
  "live-restore": true,
  "no-new-privileges": true
}
JSON
  install -d -m 0755 /etc/systemd/journald.conf.d
  printf '[Journal]\nSystemMaxUse=500M\n' >/etc/systemd/journald.conf.d/order-bot.conf
  systemctl restart systemd-journald docker
}

# Images of the project's own repository are pulled with the VM's account.
registry() { # HOST
  gcloud auth configure-docker "$1" --quiet >/dev/null 2>&1
}

units() {
  cat >/etc/systemd/system/order-bot-metadata.service <<'UNIT'
[Unit]
Description=Keep containers from the metadata server
After=docker.service
PartOf=docker.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'iptables -C DOCKER-USER -d 169.254.169.254 -p tcp --dport 80 -j REJECT 2>/dev/null || iptables -I DOCKER-USER -d 169.254.169.254 -p tcp --dport 80 -j REJECT'
[Install]
WantedBy=multi-user.target docker.service
UNIT
  cat >/etc/systemd/system/order-bot.service <<'UNIT'
[Unit]
Description=order-bot: fetch the secrets and start the current release
After=docker.service network-online.target order-bot-metadata.service
Requires=docker.service
Wants=network-online.target order-bot-metadata.service
ConditionPathExists=/opt/order-bot/current
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/order-bot/current/release.sh start
TimeoutStartSec=300
[Install]
WantedBy=multi-user.target
UNIT
  local name what when
  while IFS='|' read -r name what when; do
    cat >"/etc/systemd/system/order-bot-$name.service" <<UNIT
[Unit]
Description=order-bot: $name
After=order-bot.service
ConditionPathExists=/opt/order-bot/current
[Service]
Type=oneshot
ExecStart=/opt/order-bot/current/data.sh $what
UNIT
    cat >"/etc/systemd/system/order-bot-$name.timer" <<UNIT
[Unit]
Description=order-bot: $name
[Timer]
OnCalendar=$when
RandomizedDelaySec=10m
Persistent=true
[Install]
WantedBy=timers.target
UNIT
  done <<'LIST'
backup|backup|*-*-* 09:00:00
drill|drill|Sun *-*-* 10:00:00
LIST
  systemctl daemon-reload
  systemctl enable --quiet --now order-bot-metadata.service order-bot-backup.timer order-bot-drill.timer
  systemctl enable --quiet order-bot.service
}

folders() { # BUCKET
  install -d -m 0711 /opt/order-bot
  install -d -m 0755 /etc/order-bot
  echo "$1" >/etc/order-bot/bucket
}

packages
updates
swap
engine
registry "$1"
folders "$2"
units
say "ready for deploy/deploy.sh"
VM
}

print=
own_flag() { [[ $1 == --print ]] && print=1; }
arguments "$@"
((${#words[@]} == 0)) || wrong_usage
if [[ $print ]]; then
  on_the_vm
  exit
fi
load_environment "$environment"
need DEPLOY_PROJECT DEPLOY_REGION DEPLOY_ZONE DEPLOY_VM
on_the_vm | on_vm "sudo bash -s -- $(quoted "$DEPLOY_REGION-docker.pkg.dev" "gs://$DEPLOY_PROJECT-order-bot-backups")"
