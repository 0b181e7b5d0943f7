#!/usr/bin/env bash
# A private Docker engine for the deployment tests, made of Debian packages alone: no registry of images is needed.
#
# Everything it keeps is in ORDER_BOT_ENGINE, outside the checkout, so that a second run finds its layers again. The
# engine and the registry are ended by their pids; nothing else on the machine is touched.
set -Eeuo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/tests/engine.sh probe | up | down | restart | status | env | mirror

  probe    say what keeps an engine from running on this machine; exit code 1 where something does
  up       install what is missing (needs root), start the engine and a registry
  down     stop both
  restart  stop and start the engine alone, as a reboot of the machine does to its containers
  mirror   print the address of the Debian 12 mirror that this machine is set up with
  env      print what makes `docker` speak to this engine: eval "$(deploy/tests/engine.sh env)"
  status   say whether it runs; exit code 1 when it does not

ORDER_BOT_ENGINE  its folder (/var/tmp/order-bot-engine)
TEXT
}

readonly HOME_DIR=${ORDER_BOT_ENGINE:-/var/tmp/order-bot-engine}
readonly TOOLS=$HOME_DIR/tools
readonly SOCKET=$HOME_DIR/docker.sock
readonly REGISTRY=127.0.0.1:15000

export DEBIAN_FRONTEND=noninteractive

say() { printf 'engine: %s\n' "$*" >&2; }

# After a crash the number may be another program's.
runs() { # PIDFILE PROGRAM
  [[ -s $1 && $(cat "/proc/$(<"$1")/comm" 2>/dev/null) == "$2" ]]
}

# Only what no package can change; each line names one thing.
probe() {
  local why=() cgroup=/sys/fs/cgroup codename
  [[ $(uname -sm) == "Linux x86_64" ]] || why+=("it takes Linux on x86_64, this is $(uname -sm)")
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null) || true
  [[ $codename == bookworm ]] || why+=("its packages are made for Debian 12 (bookworm), this is ${codename:-another system}")
  if ((EUID != 0)); then
    why+=("it takes root, this is $(id -un)")
  else
    unshare --mount --uts --ipc --net --pid --fork true 2>/dev/null || why+=("the kernel gives this user no namespaces (unshare)")
    # Version 1 has a folder a controller, version 2 one tree.
    [[ ! -d $cgroup/memory ]] || cgroup+=/memory
    mkdir -p "$cgroup/order-bot-probe" 2>/dev/null && rmdir "$cgroup/order-bot-probe" ||
      why+=("no control group can be made in $cgroup")
  fi
  ((${#why[@]} == 0)) || {
    printf '%s\n' "${why[@]}"
    return 1
  }
}

# The Debian mirror that this machine is set up with, as apt tells it.
mirror() {
  local uri codename
  # `read` to the end: a reader that leaves early would end apt-get with SIGPIPE, and pipefail with it.
  while read -r codename uri; do
    if [[ $codename == bookworm ]]; then
      printf '%s\n' "$uri"
      return
    fi
  done <<<"$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)')"
  say "apt knows no mirror of Debian 12"
  return 1
}

install_system_packages() {
  local missing=() command
  for command in runc iptables mmdebstrap; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Engine, client, compose, buildx and registry of Debian 13, unpacked beside the system: Debian 12's own are too old for
# the compose file. They are linked against a libc that Debian 12 has; runc is not, so Debian 12's is used.
unpack_tools() {
  [[ -x $TOOLS/usr/sbin/dockerd ]] && return 0
  say "unpacking the engine"
  local apt=$HOME_DIR/apt uri package
  uri=$(mirror)
  mkdir -p "$apt"/{lists/partial,cache/archives/partial}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri trixie main" >"$apt/sources.list"
  local options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$apt" && apt-get "${options[@]}" download docker.io docker-cli docker-compose docker-buildx containerd docker-registry)
  rm -rf "$TOOLS.new"
  mkdir -p "$TOOLS.new"
  for package in "$apt"/*.deb; do
    dpkg-deb -x "$package" "$TOOLS.new"
  done
  rm -rf "$apt" "$TOOLS"
  mv "$TOOLS.new" "$TOOLS"
}

print_env() {
  printf 'export PATH=%q:%q:$PATH DOCKER_HOST=%q DOCKER_CONFIG=%q ORDER_BOT_ENGINE=%q\n' \
    "$TOOLS/usr/bin" "$TOOLS/usr/sbin" "unix://$SOCKET" "$HOME_DIR/config" "$HOME_DIR"
}

# Whoever starts them may wait for the end of a pipe, as bats does: servers keep no file of theirs.
close_files() {
  local file
  for file in /proc/"$BASHPID"/fd/*; do
    file=${file##*/}
    ((file <= 2 || file == 255)) || eval "exec $file>&-"
  done
}

docker_here() {
  (eval "$(print_env)" && exec docker "$@")
}

start_engine() {
  runs "$HOME_DIR/dockerd.pid" dockerd && return 0
  # What a crash leaves would keep it from starting: numbers of processes that are others' by now.
  rm -f "$HOME_DIR/dockerd.pid"
  runs "$HOME_DIR/exec/containerd/containerd.pid" containerd || rm -f "$HOME_DIR/exec/containerd/containerd.pid"
  mkdir -p "$HOME_DIR/config" "$HOME_DIR/tmp"
  ln -sfn "$TOOLS/usr/libexec/docker/cli-plugins" "$HOME_DIR/config/cli-plugins"
  (
    eval "$(print_env)"
    close_files
    # It outlives whoever started it, so it keeps no folder of theirs.
    cd "$HOME_DIR"
    export TMPDIR=$HOME_DIR/tmp
    exec setsid dockerd --data-root "$HOME_DIR/data" --exec-root "$HOME_DIR/exec" --pidfile "$HOME_DIR/dockerd.pid" \
      --host "unix://$SOCKET" >"$HOME_DIR/dockerd.log" 2>&1 </dev/null
  ) &
  local _
  for _ in {1..120}; do
    docker_here info >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  say "the engine did not start; the end of $HOME_DIR/dockerd.log:"
  tail -n 20 "$HOME_DIR/dockerd.log" >&2
  return 1
}

stop() { # NAME
  local file=$HOME_DIR/$1.pid pid _
  runs "$file" "$1" || return 0
  pid=$(<"$file")
  kill "$pid"
  for _ in {1..120}; do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.5
  done
  say "$1 (pid $pid) does not stop"
  return 1
}

# Stands in for Artifact Registry.
start_registry() {
  runs "$HOME_DIR/docker-registry.pid" docker-registry && return 0
  cat >"$HOME_DIR/registry.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $HOME_DIR/registry}, delete: {enabled: true}}
http: {addr: $REGISTRY}
YAML
  (
    close_files
    exec setsid "$TOOLS/usr/bin/docker-registry" serve "$HOME_DIR/registry.yml" >"$HOME_DIR/registry.log" 2>&1 </dev/null
  ) &
  echo $! >"$HOME_DIR/docker-registry.pid"
  local _
  for _ in {1..60}; do
    curl -fsS --max-time 2 -o /dev/null "http://$REGISTRY/v2/" 2>/dev/null && return 0
    sleep 0.5
  done
  say "the registry did not start; see $HOME_DIR/registry.log"
  return 1
}

case ${1:-} in
  probe) probe ;;
  up)
    mkdir -p "$HOME_DIR"
    install_system_packages
    unpack_tools
    start_engine || {
      # A crash may have left its store in a state that it does not take back; nothing in there is of any worth.
      say "once more, with an empty store"
      stop dockerd
      rm -rf "$HOME_DIR/data" "$HOME_DIR/exec"
      start_engine
    }
    start_registry
    ;;
  down)
    stop dockerd
    stop docker-registry
    ;;
  restart)
    stop dockerd
    start_engine
    ;;
  env) print_env ;;
  mirror) mirror ;;
  status) runs "$HOME_DIR/dockerd.pid" dockerd && runs "$HOME_DIR/docker-registry.pid" docker-registry ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 64
    ;;
esac
