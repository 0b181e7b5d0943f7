#!/usr/bin/env bats
# Customers order all the time while the bot is deployed, while a deployment fails, and while it is taken back.
# shellcheck disable=SC2154

load lib

setup_file() {
  scene
  raise_scene
  "$DEPLOY" deploy v1
}
setup() { scene; }
teardown_file() {
  scene
  clear_scene
}

# What holds after each of these: every order once, with the customer, on a card and on disk, and one poller at a time.
each_order_once() {
  local begun
  within 60 all_served || {
    curl -fsS "$CONTROL/report"
    return 1
  }
  curl -fsS "$CONTROL/report"
  begun=$(report begun)
  [[ $begun -gt 20 ]]
  [[ $(report orders) == "$begun" ]]
  [[ $(report cards) == "$begun" ]]
  [[ $(report doubled_cards) == 0 ]]
  [[ $(report conflicts) == 0 ]]
  docker exec order-bot-bot-1 order-bot orders export --format json >"$VM/orders.json"
  [[ $(jq length "$VM/orders.json") == "$begun" ]]
  [[ $(jq '[.[].customer_id] | unique | length' "$VM/orders.json") == "$begun" ]]
}

begin_orders() {
  curl -fsS -X POST "$CONTROL/orders?per_second=4"
  sleep 3
  curl -fsS -X POST "$CONTROL/mark"
}

end_orders() { # WHAT: and tell for how long nobody listened
  local gap
  sleep 2
  gap=$(report longest_gap_ms)
  curl -fsS -X POST "$CONTROL/orders?per_second=0"
  printf '# %s: nobody listened to Telegram for %d.%03d s; %s orders so far\n' "$1" $((gap / 1000)) $((gap % 1000)) "$(report begun)" >&3
  echo "$gap" >"$VM/gap"
}

@test "orders that come during a deployment are each handled once" {
  begin_orders
  "$DEPLOY" deploy v2
  end_orders "a deployment"
  each_order_once
  # Longer than the deadline for stopping and the start together would mean that something waits for nothing.
  (($(<"$VM/gap") < 30000))
}

@test "orders that come during a failing deployment, which handles some itself, are each handled once" {
  begin_orders
  run "$DEPLOY" deploy sick
  [[ $status == 2 ]]
  end_orders "a deployment that fails"
  each_order_once
}

@test "orders that come during a deployment that never starts are each handled once" {
  begin_orders
  run "$DEPLOY" deploy crashes
  [[ $status == 2 ]]
  end_orders "a deployment that cannot start"
  each_order_once
}

@test "orders that come during a rollback are each handled once" {
  begin_orders
  "$DEPLOY" rollback
  end_orders "a rollback"
  each_order_once
}

@test "cards that wait for Telegram's pace do not hold up a deployment, and each comes" {
  export TELEGRAM_MESSAGES_PER_SECOND=30
  "$DEPLOY" deploy v1
  curl -fsS -X POST "$CONTROL/orders?per_second=4"
  sleep 6
  # Two dozen customers have ordered; one card a second has gone to the group.
  curl -fsS -X POST "$CONTROL/orders?per_second=0"
  curl -fsS -X POST "$CONTROL/mark"
  waiting=$(($(report begun) - $(report cards)))
  ((waiting > 8))
  "$DEPLOY" deploy v2
  end_orders "a deployment while $waiting cards wait"
  each_order_once
  (($(<"$VM/gap") < 12000))
}

@test "a second poller on the token would be seen" {
  conflicts=$(report conflicts)
  curl -fsS -X POST "$CONTROL/orders?per_second=4"
  docker run --rm --detach --name order-bot-test-second --network order-bot_egress --env APP_ENV=development \
    --env "TELEGRAM_TOKEN=$TOKEN" --env TELEGRAM_API_URL=http://telegram:8081 --tmpfs /data:uid=1001,gid=1001 \
    "$IMAGES/bot:v1" >/dev/null
  more_conflicts() { (($(report conflicts) > conflicts)); }
  run within 20 more_conflicts
  docker rm --force order-bot-test-second >/dev/null
  curl -fsS -X POST "$CONTROL/orders?per_second=0"
  [[ $status == 0 ]]
}
