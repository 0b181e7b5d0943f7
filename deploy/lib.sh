# What the operator's programs share: the environment's file, saying, and calling gcloud or only showing the call.
# shellcheck shell=bash disable=SC2034

deploy_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # read by those who source this
root_dir=$(cd "$deploy_dir/.." && pwd)
dry_run=

say() { printf '%s\n' "$*" >&2; }

die() { # EXITCODE TEXT
  say "$2"
  exit "$1"
}

wrong_usage() {
  usage >&2
  exit 64
}

# A flag that one program has beside the common ones; it sets `taken` to 2 where it takes the word behind it too.
own_flag() { return 1; } # FLAG WORDS…

# Takes the flags out of the arguments; what is left are the `words`.
arguments() { # ARGUMENTS
  local taken
  environment=production
  words=()
  while (($#)); do
    taken=1
    case $1 in
      --env)
        [[ ${2:-} ]] || die 64 "--env wants a name"
        environment=$2
        taken=2
        ;;
      --dry-run) dry_run=1 ;;
      -h | --help)
        usage
        exit
        ;;
      -*) own_flag "$@" || wrong_usage ;;
      *) words+=("$1") ;;
    esac
    shift $((taken < $# ? taken : $#))
  done
}

# Reads deploy/env/NAME.env as data, not as a program. What is set in the environment already goes before it.
load_environment() { # NAME
  environment=$1
  local folder=${DEPLOY_ENV_DIR:-$deploy_dir/env}
  environment_file=$folder/$1.env
  [[ $1 =~ ^[a-z]+$ && -f $environment_file ]] ||
    die 64 "there is no environment \"$1\": there are $(cd "$folder" && echo *.env | sed 's/\.env//g')"
  local line name
  while IFS= read -r line; do
    [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[1]}
    [[ -n ${!name:-} ]] || printf -v "$name" '%s' "${BASH_REMATCH[2]}"
  done <"$environment_file"
}

need() { # NAMES of settings
  local name missing=()
  for name; do
    [[ -n ${!name:-} ]] || missing+=("$name")
  done
  ((${#missing[@]} == 0)) || die 64 "not set: ${missing[*]}; fill them in in $environment_file"
}

quoted() { # ARGUMENTS as a shell would read them
  local text
  printf -v text '%q ' "$@"
  printf '%s' "${text% }"
}

# A call that changes something: with --dry-run it is shown and not made.
run() {
  if [[ $dry_run ]]; then
    say "+ $(quoted "$@")"
  else
    "$@"
  fi
}

# A call that only looks; it is made in a dry run too, where its failure means "not there".
look() { "$@" 2>/dev/null; }

registry() { printf '%s-docker.pkg.dev/%s/%s' "$DEPLOY_REGION" "$DEPLOY_PROJECT" "$DEPLOY_REPOSITORY"; }

vm_arguments() {
  printf '%s\n' "--project=$DEPLOY_PROJECT" "--zone=$DEPLOY_ZONE" --tunnel-through-iap --ssh-key-expire-after=15m --quiet
}

# Runs a command line on the VM, through Google's tunnel: port 22 is open to nobody else.
on_vm() { # COMMAND LINE
  local arguments
  mapfile -t arguments < <(vm_arguments)
  run gcloud compute ssh "$DEPLOY_VM" "${arguments[@]}" --command="$1"
}
