#!/usr/bin/env bash
# From an empty Google Cloud project to a ready VM. Each step looks first, so it can be run again at any time.
set -Eeuo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'TEXT'
usage: deploy/gcp-setup.sh [--env NAME] [--yes] [--dry-run]

Says what it will do, asks, and makes what is missing in DEPLOY_PROJECT:
  the APIs; the image repository with a cleanup policy; a bucket for backups; three accounts with the least rights (VM,
  build, deploy); Workload Identity Federation for the GitHub repository DEPLOY_GITHUB_ID, without any key; the firewall
  (80 and 443 for all, 22 for Google's tunnel alone); a static address; a Shielded VM with OS Login and daily snapshots;
  with DEPLOY_BILLING_ACCOUNT, a budget alert of DEPLOY_BUDGET (30) a month.

  DEPLOY_GITHUB_ID        the repository's number: gh api repos/OWNER/NAME --jq .id; empty: no access for workflows
  DEPLOY_MACHINE          e2-small
  --env NAME              production (the default), staging or dev
  --yes                   do not ask
  --dry-run               show every call, and make none
TEXT
}

G() { run gcloud "$@" "--project=$DEPLOY_PROJECT" --quiet; }
there() { look gcloud "$@" "--project=$DEPLOY_PROJECT" --quiet >/dev/null; }

# Makes what is not there: WHAT it is, the words up to `describe`, the name and flags, then flags for `create` alone.
ensure() { # "NOUN" NAME "FLAGS FOR BOTH" FLAGS FOR CREATE…
  local noun name both
  read -ra noun <<<"$1"
  name=$2
  read -ra both <<<"$3"
  shift 3
  if [[ ! $dry_run ]] && there "${noun[@]}" describe "$name" "${both[@]}"; then
    say "there: ${noun[*]} $name"
  else
    G "${noun[@]}" create "$name" "${both[@]}" "$@"
  fi
}

account() { printf '%s@%s.iam.gserviceaccount.com' "$1" "$DEPLOY_PROJECT"; }

may() { # ACCOUNT ROLE
  G projects add-iam-policy-binding "$DEPLOY_PROJECT" "--member=serviceAccount:$(account "$1")" "--role=$2" --condition=None >/dev/null
}

apis() {
  G services enable compute.googleapis.com artifactregistry.googleapis.com secretmanager.googleapis.com \
    iam.googleapis.com iamcredentials.googleapis.com sts.googleapis.com iap.googleapis.com oslogin.googleapis.com \
    logging.googleapis.com monitoring.googleapis.com storage.googleapis.com sheets.googleapis.com \
    ${DEPLOY_BILLING_ACCOUNT:+billingbudgets.googleapis.com}
}

images() {
  ensure "artifacts repositories" "$DEPLOY_REPOSITORY" "--location=$DEPLOY_REGION" --repository-format=docker \
    --description="order-bot's images"
  # The last twenty stay, whatever their age: going back needs the image.
  local policy
  policy=$(mktemp)
  cat >"$policy" <<'JSON'
[
  {"name": "old", "action": {"type": "Delete"}, "condition": {"tagState": "any", "olderThan": "30d"}},
  {"name": "latest", "action": {"type": "Keep"}, "mostRecentVersions": {"keepCount": 20}}
]
JSON
  G artifacts repositories set-cleanup-policies "$DEPLOY_REPOSITORY" "--location=$DEPLOY_REGION" "--policy=$policy" --no-dry-run >/dev/null
  rm -f "$policy"
}

accounts() {
  local name
  for name in order-bot-vm order-bot-build order-bot-deploy; do
    # Accounts are described by their address and created by their name.
    if [[ ! $dry_run ]] && there iam service-accounts describe "$(account "$name")"; then
      say "there: the account $name"
    else
      G iam service-accounts create "$name" --display-name="$name"
    fi
  done
  G artifacts repositories add-iam-policy-binding "$DEPLOY_REPOSITORY" "--location=$DEPLOY_REGION" \
    "--member=serviceAccount:$(account order-bot-vm)" --role=roles/artifactregistry.reader >/dev/null
  G artifacts repositories add-iam-policy-binding "$DEPLOY_REPOSITORY" "--location=$DEPLOY_REGION" \
    "--member=serviceAccount:$(account order-bot-build)" --role=roles/artifactregistry.writer >/dev/null
  G artifacts repositories add-iam-policy-binding "$DEPLOY_REPOSITORY" "--location=$DEPLOY_REGION" \
    "--member=serviceAccount:$(account order-bot-deploy)" --role=roles/artifactregistry.reader >/dev/null
  may order-bot-vm roles/logging.logWriter
  may order-bot-vm roles/monitoring.metricWriter
}

backups() {
  local bucket="gs://$DEPLOY_PROJECT-order-bot-backups" rules
  if [[ ! $dry_run ]] && there storage buckets describe "$bucket"; then
    say "there: $bucket"
  else
    G storage buckets create "$bucket" "--location=$DEPLOY_REGION" --uniform-bucket-level-access --public-access-prevention
  fi
  rules=$(mktemp)
  # Backups hold personal data: none is kept for longer than the shop can answer for.
  echo '{"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]}' >"$rules"
  G storage buckets update "$bucket" "--lifecycle-file=$rules" >/dev/null
  rm -f "$rules"
  # It may add and read, and not delete: who takes the VM over does not take the backups with it.
  G storage buckets add-iam-policy-binding "$bucket" "--member=serviceAccount:$(account order-bot-vm)" --role=roles/storage.objectCreator >/dev/null
  G storage buckets add-iam-policy-binding "$bucket" "--member=serviceAccount:$(account order-bot-vm)" --role=roles/storage.objectViewer >/dev/null
}

github() {
  [[ -n ${DEPLOY_GITHUB_ID:-} ]] || {
    say "no access for workflows: DEPLOY_GITHUB_ID is empty"
    return 0
  }
  [[ $DEPLOY_GITHUB_ID =~ ^[0-9]+$ ]] || die 64 "DEPLOY_GITHUB_ID is a number: gh api repos/OWNER/NAME --jq .id"
  local number pool
  ensure "iam workload-identity-pools" github --location=global --display-name=GitHub
  # The repository's number, not its name: a name can be given away. The environment decides who may deploy where.
  if [[ ! $dry_run ]] && there iam workload-identity-pools providers describe order-bot --location=global --workload-identity-pool=github; then
    say "there: the provider order-bot"
  else
    G iam workload-identity-pools providers create-oidc order-bot --location=global --workload-identity-pool=github \
      --issuer-uri=https://token.actions.githubusercontent.com \
      "--attribute-mapping=google.subject=assertion.sub,attribute.repository_id=assertion.repository_id,attribute.scope=assertion.repository_id+'/'+(has(assertion.environment)?assertion.environment:'none'),attribute.ref=assertion.ref" \
      "--attribute-condition=assertion.repository_id=='$DEPLOY_GITHUB_ID'"
  fi
  if [[ $dry_run ]]; then
    number=PROJECT_NUMBER
  else
    number=$(gcloud projects describe "$DEPLOY_PROJECT" --format='value(projectNumber)')
  fi
  pool="principalSet://iam.googleapis.com/projects/$number/locations/global/workloadIdentityPools/github"
  # Images are built from the main branch alone; this environment is deployed by its own jobs alone.
  G iam service-accounts add-iam-policy-binding "$(account order-bot-build)" --role=roles/iam.workloadIdentityUser \
    "--member=$pool/attribute.ref/refs/heads/main" >/dev/null
  G iam service-accounts add-iam-policy-binding "$(account order-bot-deploy)" --role=roles/iam.workloadIdentityUser \
    "--member=$pool/attribute.scope/$DEPLOY_GITHUB_ID/$environment" >/dev/null
  say "for GitHub's variables: GCP_WIF_PROVIDER=projects/$number/locations/global/workloadIdentityPools/github/providers/order-bot"
}

network() {
  ensure "compute networks" order-bot "" --subnet-mode=custom
  ensure "compute networks subnets" order-bot "--region=$DEPLOY_REGION" --network=order-bot --range=10.10.0.0/24 --enable-private-ip-google-access
  ensure "compute firewall-rules" order-bot-web "" --network=order-bot --direction=INGRESS --allow=tcp:80,tcp:443,udp:443 \
    --source-ranges=0.0.0.0/0 --target-tags=order-bot
  ensure "compute firewall-rules" order-bot-iap "" --network=order-bot --direction=INGRESS --allow=tcp:22 \
    --source-ranges=35.235.240.0/20 --target-tags=order-bot
  ensure "compute addresses" "$DEPLOY_VM" "--region=$DEPLOY_REGION"
}

vm() {
  if [[ ! $dry_run ]] && there compute resource-policies describe order-bot-daily "--region=$DEPLOY_REGION"; then
    say "there: the snapshot schedule"
  else
    G compute resource-policies create snapshot-schedule order-bot-daily "--region=$DEPLOY_REGION" --daily-schedule \
      --start-time=10:00 --max-retention-days=14 --on-source-disk-delete=keep-auto-snapshots
  fi
  ensure "compute instances" "$DEPLOY_VM" "--zone=$DEPLOY_ZONE" "--machine-type=${DEPLOY_MACHINE:-e2-small}" \
    --image-family=debian-12 --image-project=debian-cloud --boot-disk-size=20GB --boot-disk-type=pd-balanced \
    --network=order-bot --subnet=order-bot "--address=$DEPLOY_VM" --tags=order-bot \
    --shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring \
    "--service-account=$(account order-bot-vm)" --scopes=cloud-platform \
    --metadata=enable-oslogin=TRUE,block-project-ssh-keys=TRUE,serial-port-enable=FALSE --deletion-protection
  G compute disks add-resource-policies "$DEPLOY_VM" "--zone=$DEPLOY_ZONE" --resource-policies=order-bot-daily 2>/dev/null ||
    say "there: the disk's snapshot schedule"
  # The workflow's account may log in to this one machine, through the tunnel, and act as its service account. The tunnel's
  # right is one of the whole project, so it is held to SSH; who may log in where is the machine's to say.
  G compute instances add-iam-policy-binding "$DEPLOY_VM" "--zone=$DEPLOY_ZONE" \
    "--member=serviceAccount:$(account order-bot-deploy)" --role=roles/compute.osAdminLogin >/dev/null
  G projects add-iam-policy-binding "$DEPLOY_PROJECT" "--member=serviceAccount:$(account order-bot-deploy)" \
    --role=roles/iap.tunnelResourceAccessor --condition=expression=destination.port==22,title=ssh-only >/dev/null
  # `gcloud compute ssh` reads the project's metadata first; no role of Google's gives only that.
  ensure "iam roles" orderBotDeploy "" --title="order-bot: deploy" --permissions=compute.projects.get --stage=GA
  may order-bot-deploy "projects/$DEPLOY_PROJECT/roles/orderBotDeploy"
  G iam service-accounts add-iam-policy-binding "$(account order-bot-vm)" --role=roles/iam.serviceAccountUser \
    "--member=serviceAccount:$(account order-bot-deploy)" >/dev/null
}

budget() {
  [[ -n ${DEPLOY_BILLING_ACCOUNT:-} ]] || return 0
  # A budget's name is a number of Google's: it is found by what it is called.
  if [[ ! $dry_run && -n $(look gcloud billing budgets list "--billing-account=$DEPLOY_BILLING_ACCOUNT" \
    --filter=displayName=order-bot --format='value(name)' --quiet) ]]; then
    say "there: the budget"
    return 0
  fi
  run gcloud billing budgets create "--billing-account=$DEPLOY_BILLING_ACCOUNT" --display-name=order-bot \
    "--budget-amount=${DEPLOY_BUDGET:-30}" "--filter-projects=projects/$DEPLOY_PROJECT" \
    --threshold-rule=percent=0.5 --threshold-rule=percent=1.0 --quiet
}

yes=
own_flag() { [[ $1 == --yes ]] && yes=1; }
arguments "$@"
((${#words[@]} == 0)) || wrong_usage
load_environment "$environment"
need DEPLOY_PROJECT DEPLOY_REGION DEPLOY_ZONE DEPLOY_REPOSITORY DEPLOY_VM
say "In the project $DEPLOY_PROJECT, for $environment: images in $(registry), the VM $DEPLOY_VM in $DEPLOY_ZONE."
say "What is there already stays as it is. The VM and its address cost money each hour."
if [[ ! $yes && ! $dry_run ]]; then
  read -rp "Type $DEPLOY_PROJECT to go on: " answer
  [[ $answer == "$DEPLOY_PROJECT" ]] || die 1 "nothing was done"
fi
apis
images
accounts
backups
network
vm
github
budget
say "ready; next: deploy/secrets-setup.sh --env $environment, then deploy/vm-setup.sh --env $environment"
