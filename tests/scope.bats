# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest gets a scope of systemd's, where systemd runs. Here it need not: busctl is a fake that
# writes down what it was asked; that systemd does it is not shown.

load helpers

# fake_busctl COMMANDS
fake_busctl()
{
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >%s.part; mv %s.part %s\n%s\n' "$BATS_TEST_TMPDIR/asked" \
		"$BATS_TEST_TMPDIR/asked" "$BATS_TEST_TMPDIR/asked" "$1" >"$BATS_TEST_TMPDIR/busctl"
	chmod +x "$BATS_TEST_TMPDIR/busctl"
	export DOMSH_BUSCTL=$BATS_TEST_TMPDIR/busctl
}

guard_log()
{
	cat "$(dom vm)/run/guard.log"
}

@test "systemd is asked for a scope with QEMU and its guard in it" {
	define_guest vm
	fake_busctl "exit 0"
	ok D start vm
	wait_for "test -e '$BATS_TEST_TMPDIR/asked'"
	bus=--user
	test "$(id -u)" != 0 || bus=--system
	qemu=$(jq .pid "$(dom vm)/run/state")
	guard=$(pgrep -f "domsh-guard start $(dom vm) ")
	same "$bus --quiet --timeout=5 call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) domsh-$(jq -r .run_id "$(dom vm)/run/state").scope fail 4 Description s Guest of the domain vm PIDs au 2 $qemu $guard After as 2 local-fs.target remote-fs.target Before as 1 domsh-shutdown.service 0" \
		"$(paste -sd ' ' "$BATS_TEST_TMPDIR/asked")"
	has_not scope "$(guard_log)"
	rm "$BATS_TEST_TMPDIR/asked"
	# Once: who adopts it does not ask.
	kill -KILL "$guard"
	ok D suspend vm
	ok D destroy vm
	is_gone "$BATS_TEST_TMPDIR/asked"
}

@test "no scope: the log says so, and the guest goes on" {
	define_guest vm
	fake_busctl "echo 'Call failed: Access denied' >&2; exit 1"
	ok D start vm
	wait_for "grep -q 'there is no scope' '$(dom vm)/run/guard.log'"
	has "Access denied" "$(guard_log)"
	guest_ask vm i
	ok D destroy vm
	# One that never answers keeps nobody; it goes with its guard.
	fake_busctl "exec sleep 1000"
	ok D start vm
	wait_for "pgrep -f 'sleep 1000'"
	guest_ask vm i
	ok D suspend vm
	ok D destroy vm
	wait_for "! pgrep -P \"\$(pgrep -f 'domsh-guard start $(dom vm) ' || echo 0)\" sleep"
	DOMSH_BUSCTL=/nowhere ok D start vm
	wait_for "grep -q 'no scope for the guest' '$(dom vm)/run/guard.log'"
	ok D destroy vm
}
