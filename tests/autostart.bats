# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that start with the host: start-autostart, the units that run it, and how autostart says
# what is missing. systemctl is a fake here: it writes down what it was asked.

load helpers

@test "start-autostart: all that are marked, by name; running is fine, a failure keeps nobody" {
	for name in c a b; do
		define_guest $name
		ok D autostart $name
	done
	define_guest other
	ok D start b
	rm "$BATS_TEST_TMPDIR/a.qcow2"
	capture D start-autostart
	same 1 "$status"
	same "a failed b running c started" "$(sed -n '3,5p' <<<"$output" | awk '{ print $1, $2 }' | tr '\n' ' ' | sed 's/ $//')"
	has a.qcow2 "$output"
	has "1 of 3 domains" "$stderr"
	same running "$(state_of c)"
	same "shut off" "$(state_of other)"
	make_guest_disk "$BATS_TEST_TMPDIR/a.qcow2"
	ok D --json start-autostart
	same '["a","started",null]' "$(jq -c '.[0] | [.domain, .state, .message]' <<<"$output")"
	same '["running","running"]' "$(jq -c '[.[1:][].state]' <<<"$output")"
	for name in a b c; do
		ok D destroy $name
	done
	capture D -r start-autostart
	same 1 "$status"
	has "read only" "$output"
}

@test "start-autostart deals with guests whose end nobody saw, and with work that was cut short" {
	define_guest vm
	define_guest gone
	ok D start vm
	ok D start gone
	ok D snapshot-create-as gone s1
	ok D undefine gone --snapshots-metadata
	define other
	echo '{"v":1,"op":"something","run_id":"","time":1,"pid":1,"steps_done":0,"args":{}}' >"$(dom other)/intent"
	for name in vm gone; do
		qemu=$(jq .pid "$(dom $name)/run/state")
		kill -KILL "$(pgrep -f "domsh-guard start $(dom $name) ")" "$qemu"
		wait_for "! grep -qs '^State:[[:space:]]*[^ZX]' /proc/$qemu/status"
	done
	capture D start-autostart
	same 0 "$status"
	# What nobody can finish is told, and stays.
	has "other: 'something' was not finished; 'domsh doctor' tells more" "$stderr"
	has_not vm "$stderr"
	has_not gone "$stderr"
	is_there "$(dom other)/intent"
	is_gone "$(dom vm)/run"
	is_gone "$(dom gone)"
	same '"gone"' "$(D --json trash-list | jq -c '.[].domain')"
	has s1 "$(ls "$ROOT"/trash/*gone/snapshots)"
}

@test "start-autostart: none is marked; the test driver" {
	ok D start-autostart
	ok "$DOMSH" -q -c test:///default 'autostart test; destroy test; start-autostart; domstate test'
	has started "$output"
	has running "$output"
}

@test "the units: installed where configure says, valid, and gone after uninstall" {
	work=$BATS_TEST_TMPDIR/tree
	mkdir "$work"
	# What make would install, without the rest: its rules with our directories.
	units=$(cd "$here/.." && make -n install O="$BATS_TEST_TMPDIR/obj" DESTDIR="$work" systemdsystemunitdir=/s systemduserunitdir=/u bindir=/opt/bin |
		grep 'domsh-.*\.service')
	(cd "$here/.." && eval "$units")
	grep -qx "ExecStart=/opt/bin/domsh -c qemu:///system start-autostart" "$work/s/domsh-autostart.service"
	grep -qx "ExecStart=/opt/bin/domsh -c qemu:///session start-autostart" "$work/u/domsh-autostart.service"
	same 644 "$(stat -c %a "$work/s/domsh-autostart.service")"
	grep -qx "ExecStop=-/opt/bin/domsh -q -c qemu:///system shutdown \* --wait --timeout 90" "$work/s/domsh-shutdown.service"
	grep -qx "ExecStop=-/opt/bin/domsh -q -c qemu:///session shutdown \* --wait --timeout 90" "$work/u/domsh-shutdown.service"
	has "$work/s/domsh-autostart.service" "$(cd "$here/.." && make -n uninstall O="$BATS_TEST_TMPDIR/obj" DESTDIR="$work" systemdsystemunitdir=/s systemduserunitdir=/u)"
	has_not .service "$(cd "$here/.." && make -n install O="$BATS_TEST_TMPDIR/obj" DESTDIR="$work" systemdsystemunitdir= systemduserunitdir=)"
	# Where there is no systemd nobody would read them either.
	command -v systemd-analyze >/dev/null || return 0
	sed -i "s|/opt/bin/domsh|/bin/true|" "$work"/?/*.service
	capture systemd-analyze --man=no verify "$work"/s/*.service
	same "0 " "$status $stderr"
}

# fake_systemctl STATUS
fake_systemctl()
{
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "$@" >>%s\nexit %s\n' "$BATS_TEST_TMPDIR/asked" "$1" >"$BATS_TEST_TMPDIR/bin/systemctl"
	chmod +x "$BATS_TEST_TMPDIR/bin/systemctl"
}

# session COMMAND…: on the user's own store, with the fake first in PATH.
session()
{
	XDG_DATA_HOME=$BATS_TEST_TMPDIR/data PATH=$BATS_TEST_TMPDIR/bin:$PATH "$DOMSH" -c qemu:///session "$@"
}

@test "autostart says how to enable the unit, once, and only where that is known to be missing" {
	tiny_xml vm >"$BATS_TEST_TMPDIR/vm.xml"
	fake_systemctl 1
	ok session define "$BATS_TEST_TMPDIR/vm.xml"
	capture session autostart vm
	same 0 "$status"
	same "Domain 'vm' marked as autostarted" "${output%$'\n'}"
	has "'systemctl --user enable domsh-autostart.service'" "$stderr"
	has "loginctl enable-linger" "$stderr"
	same "--user is-enabled --quiet domsh-autostart.service" "$(cat "$BATS_TEST_TMPDIR/asked")"
	ok session autostart vm --disable
	ok session -q autostart vm
	ok session --json autostart vm
	same 1 "$(wc -l <"$BATS_TEST_TMPDIR/asked")"
	fake_systemctl 0
	ok session autostart vm
	# No systemctl at all: nothing is wrong.
	ok env PATH=/nowhere XDG_DATA_HOME="$BATS_TEST_TMPDIR/data" "$(readlink -f "$DOMSH")" -c qemu:///session autostart vm
	# A store that no unit looks after.
	define other
	fake_systemctl 1
	ok D autostart other
}
