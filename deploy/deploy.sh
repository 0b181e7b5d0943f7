#!/usr/bin/env bash
# Deploys, goes back, and looks: the operator's side. On the VM, vm/release.sh does the work.
set -Eeuo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'TEXT'
usage: deploy/deploy.sh [--env NAME] [--dry-run] COMMAND

  build            build the images of this commit and push them
  deploy [IMAGE]   IMAGE is a digest (…@sha256:…), a tag of the repository's `bot`, a full name with a tag, or `current`:
                   what runs now, with new settings and secrets. Without it: this commit
  status           what runs
  health           what the bot says of itself; exit code 1 when it is not well
  logs [LINES]     the end of the logs (100)
  rollback         back to the release before; a second time: forward again

  --env NAME       production (the default), staging or dev: deploy/env/NAME.env
  --dry-run        show every call that would change something, and make none

Exit codes: 0 done; 1 failed, nothing changed; 2 failed, and the release before runs again; 3 failed, and nothing runs;
64 wrong usage; 65 no such image; 75 another deployment is under way.
TEXT
}

commit() { git -C "$root_dir" rev-parse HEAD; }

# Caddy's image is known by what it is made of, so that it is built, and Caddy restarted, only when that changes.
caddy_tag() {
  (cd "$deploy_dir/caddy" && cat Dockerfile rate-limit.caddy) | sha256sum | cut -c1-16
}

digest_of() { # IMAGE:TAG
  local digest
  digest=$(gcloud artifacts docker images describe "$1" --project="$DEPLOY_PROJECT" \
    --format='value(image_summary.digest)') || digest=
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || die 65 "no such image: $1; build it with deploy/deploy.sh build, or see whether the workflow did"
  printf '%s@%s' "${1%:*}" "$digest"
}

resolve() { # IMAGE
  case $1 in
    *@sha256:*) printf '%s' "$1" ;;
    current) ;;
    */*:*) digest_of "$1" ;;
    */*) die 64 "an image needs a tag or a digest: $1" ;;
    *) digest_of "${DEPLOY_IMAGES:-$(registry)}/bot:$1" ;;
  esac
}

build() {
  local images
  images=${DEPLOY_IMAGES:-$(registry)}
  [[ -z $(git -C "$root_dir" status --porcelain) ]] || die 64 "commit first: an image is named after its commit"
  run gcloud auth configure-docker "${images%%/*}" --quiet
  run docker build --platform linux/amd64 --build-arg "REVISION=$(commit)" --build-arg "VERSION=$(version)" \
    --build-arg "CREATED=$(git -C "$root_dir" log -1 --format=%cI)" --tag "$images/bot:$(commit)" "$root_dir"
  run docker push "$images/bot:$(commit)"
  look docker manifest inspect "$images/caddy:$(caddy_tag)" >/dev/null || {
    run docker build --platform linux/amd64 --tag "$images/caddy:$(caddy_tag)" "$deploy_dir/caddy"
    run docker push "$images/caddy:$(caddy_tag)"
  }
}

version() { sed -n 's/^version = "\(.*\)"/\1/p' "$root_dir/Cargo.toml" | head -n 1; }

# Everything the VM needs for one release, in one folder.
bundle() { # FOLDER BOT CADDY
  local folder=$1
  cp "$root_dir/docker-compose.yml" "$root_dir/Caddyfile" "${DEPLOY_MENU:-$root_dir/menu.json}" \
    "$deploy_dir"/vm/{common,release,data}.sh "$folder/"
  [[ ! -f $folder/menu.json ]] && mv "$folder/$(basename "$DEPLOY_MENU")" "$folder/menu.json"
  {
    grep -E '^[A-Z][A-Z0-9_]*=' "$environment_file" | grep -v '^DEPLOY_' | while IFS='=' read -r name _; do
      printf '%s=%s\n' "$name" "${!name}"
    done
    echo "BOT_IMAGE=$2"
    echo "CADDY_IMAGE=$3"
  } >"$folder/.env"
  tr ' ' '\n' <<<"$DEPLOY_SECRETS" | grep . >"$folder/secrets"
  echo "$DEPLOY_PROJECT" >"$folder/project"
  echo "${DEPLOY_HEALTH_URL:-}" >"$folder/health-url"
  echo "${GITHUB_ACTOR:-${USER:-unknown}}@$(commit)" >"$folder/by"
}

deploy() { # [IMAGE]
  local wanted=${1:-} image caddy folder code=0
  need DEPLOY_PROJECT DEPLOY_REGION DEPLOY_ZONE DEPLOY_REPOSITORY DEPLOY_VM DEPLOY_SECRETS SITE_ADDRESS
  image=$(resolve "${wanted:-$(commit)}")
  if [[ $wanted == current ]]; then
    image=$(on_vm "sudo sed -n s/^BOT_IMAGE=//p ${DEPLOY_ROOT:-/opt/order-bot}/current/.env") || die 1 "nothing runs there yet"
    [[ $dry_run || $image == *@sha256:* ]] || die 1 "nothing runs there yet"
  fi
  caddy=${CADDY_IMAGE:-$(digest_of "${DEPLOY_IMAGES:-$(registry)}/caddy:$(caddy_tag)")}
  [[ $caddy == *@sha256:* ]] || caddy=$(digest_of "$caddy")
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  bundle "$folder" "${image:-the image that runs}" "$caddy"
  say "deploying $image to $DEPLOY_VM ($environment)"
  # The release goes through the same connection that starts it: nothing is left behind, and no other's is taken.
  tar -C "$folder" -cz . | on_vm "$(remote_deploy)" || code=$?
  ((code == 0)) || explain "$code"
  outside || {
    say "from outside there is no good answer: going back"
    release rollback || die 3 "that failed too: deploy/deploy.sh status, deploy/deploy.sh logs"
    exit 2
  }
  say "deployed"
}

remote_deploy() {
  local root=${DEPLOY_ROOT:-/opt/order-bot} script
  # shellcheck disable=SC2016 # expanded on the VM
  script='set -e; umask 077; mkdir -p "$1"; d=$(mktemp -d "$1/incoming.XXXXXX"); trap '\''rm -rf "$d"'\'' EXIT; tar -xzC "$d"; bash "$d/release.sh" deploy "$d"'
  printf 'sudo bash -c %q _ %q' "$script" "$root"
}

explain() { # EXITCODE
  case $1 in
    1) say "failed before anything was touched: the release before runs on" ;;
    2) say "failed: the new release was not healthy, and the one before runs again" ;;
    3) say "failed: nothing healthy runs; deploy/deploy.sh status, deploy/deploy.sh logs" ;;
    75) say "another deployment is under way" ;;
    *) say "the connection to the VM failed, or its program: $1" ;;
  esac
  exit "$1"
}

# Asked from here, by way of the internet.
outside() {
  [[ -n ${DEPLOY_HEALTH_URL:-} ]] || {
    say "not asked from outside: DEPLOY_HEALTH_URL is empty"
    return 0
  }
  run curl --fail --silent --show-error --max-time 10 --retry 5 --retry-delay 2 --retry-all-errors \
    --output /dev/null "$DEPLOY_HEALTH_URL"
}

release() { # ARGUMENTS of release.sh on the VM
  on_vm "sudo ${DEPLOY_ROOT:-/opt/order-bot}/current/release.sh $(quoted "$@")"
}

arguments "$@"
((${#words[@]} <= 2)) || wrong_usage
command=${words[0]:-}
argument=${words[1]:-}
load_environment "$environment"
case $command in
  build)
    need DEPLOY_PROJECT DEPLOY_REGION DEPLOY_REPOSITORY
    build
    ;;
  deploy) deploy "$argument" ;;
  status | health | rollback)
    need DEPLOY_PROJECT DEPLOY_ZONE DEPLOY_VM
    release "$command"
    ;;
  logs)
    need DEPLOY_PROJECT DEPLOY_ZONE DEPLOY_VM
    lines=${argument:-100}
    [[ $lines =~ ^[0-9]+$ ]] || die 64 "logs wants a number of lines: $lines"
    release logs "$lines"
    ;;
  *) wrong_usage ;;
esac
