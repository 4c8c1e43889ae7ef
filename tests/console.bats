# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest's console on a terminal: real QEMU, whose guest (tests/guest.S) answers letters.
bats_require_minimum_version 1.5.0
load helpers
load prompt

setup()
{
	own_root
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	left_over_is_fine
}

teardown()
{
	pty_end
	exec 9>&- || true
	leave_nothing
}

# define_ports NAME: like define_guest, with a pseudo terminal as the console and a socket of QEMU's own choice
# as second port.
define_ports()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	tiny_xml "$1" "$BATS_TEST_TMPDIR/$1.qcow2" | perl -0pe \
		"s|<serial type='unix'>.*?</serial>|<serial type='pty'/><serial type='unix'/><console type='pty'/>|s" \
		>"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

# on_terminal ARGUMENT…: domsh on the terminal; when it is over the screen says whether the
# terminal is as it was.
on_terminal()
{
	pty_start bash -c 'stty -g >"$0.before"; "$@"; status=$?; stty -g >"$0.after"
		cmp -s "$0.before" "$0.after" && echo "as it was"; exit $status' \
		"$BATS_TEST_TMPDIR/tty" "$DOMSH" -c "$URI" "$@"
}

# user_of NAME: who has its console, by pid.
user_of()
{
	cut -d' ' -f1 "$(dom "$1")/run/serial0.console"
}

connected()
{
	shows "Connected to domain '$1'"
}

# answers LETTER: the guest hears it and is heard.
answers()
{
	pty clear-history
	type_keys -l "$1"
	wait_for 'screen | grep -qx "[A-Z ]*mem=[0-9a-f]* disk=[0-9a-f]* disk=[0-9a-f]*"' || { screen; return 1; }
}

# second ARGUMENT…: domsh on a second terminal, in the background; what it prints is in $second.
second()
{
	second=$BATS_TEST_TMPDIR/second
	rm -f "$BATS_TEST_TMPDIR/keys"
	mkfifo "$BATS_TEST_TMPDIR/keys"
	exec 9<>"$BATS_TEST_TMPDIR/keys"
	SHELL=/bin/bash script -qefc "$(printf '%q ' "$DOMSH" -c "$URI" "$@")" /dev/null \
		<"$BATS_TEST_TMPDIR/keys" >"$second" 2>&1 &
	second_pid=$!
}
second_ends()
{
	wait_for "! kill -0 $second_pid 2>/dev/null" || { cat "$second"; return 1; }
	local is=0
	wait "$second_pid" || is=$?
	test "$is" = "$1" || { cat "$second"; echo "status $is"; return 1; }
}
second_says()
{
	wait_for "grep -qF -- $(printf %q "$1") '$second'" || { cat "$second"; return 1; }
}

@test "a socket: in, back by the escape character, in again with another one" {
	define_guest vm1
	ok D start vm1
	on_terminal console vm1
	connected vm1
	shows 'Escape character is ^]'
	answers i
	type_keys C-c # is the guest's
	answers i
	type_keys C-]
	shows 'as it was'
	shows 'ended with 0'
	on_terminal -q -e ^X console vm1
	wait_for 'test "$(stty -g <"$(pty display -p "#{pane_tty}")")" != "$(<"$BATS_TEST_TMPDIR/tty.before")"'
	type_keys C-]
	answers i
	type_keys C-x
	shows 'as it was'
	shows 'ended with 0'
	run screen
	has_not Connected "$output"
	ok D destroy vm1
}

@test "virtio consoles: one on a pseudo terminal, one on a socket" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	MORE="    <console type='pty'><target type='virtio'/></console>
    <console type='unix'><target type='virtio'/></console>
" define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D start vm1
	has /dev/pts/ "$(D ttyconsole vm1)"
	has "path='$(dom vm1)/run/console1.sock'/>" "$(D dumpxml vm1)"
	has "<alias name='console0'/>" "$(D dumpxml vm1)"
	has_not path= "$(D dumpxml vm1 --inactive | grep -A9 '<console')"
	# The first <console> is what is meant, and it has a user as any port.
	on_terminal console vm1
	connected vm1
	is_there "$(dom vm1)/run/console0.console"
	guest_ask vm1 i
	for _ in 1 2 3 4 5; do
		guest_ask vm1 v # QEMU looks once a second whether a terminal is open
		! wait_for 'screen | grep -q "virtio speaks"' 1 || break
	done
	shows "virtio speaks"
	type_keys C-]
	shows 'ended with 0'
	on_terminal console vm1 --devname console1
	connected vm1
	type_keys x C-]
	shows 'as it was'
	ok D destroy vm1
	# Over a snapshot and a saved image the controller has its consoles where they were.
	ok D start vm1
	guest_ask vm1 i
	ok D snapshot-create-as vm1 s1
	ok D managedsave vm1
	ok D start vm1
	ok D snapshot-revert vm1 s1
	ok D destroy vm1
}

@test "a pseudo terminal from the first byte on, a port by its alias, and the guest's end" {
	define_ports vm1
	on_terminal start vm1 --console
	connected vm1
	wait_for 'screen | grep -qx "UP mem=00000000 disk=00000000 disk=ffffffff"' || { screen; false; }
	same running "$(state_of vm1)"
	type_keys C-]
	shows 'ended with 0'
	has /dev/pts/ "$(D ttyconsole vm1)"
	on_terminal console vm1 serial1
	connected vm1
	type_keys i C-]
	shows 'as it was'
	run screen
	has_not mem= "$output"
	on_terminal console --domain vm1 --devname serial0 --safe
	answers i
	type_keys p
	shows 'as it was'
	shows 'ended with 0'
	same 'shut off' "$(state_of vm1)"
}

@test "create --console; --paused leaves the guest paused" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" >"$BATS_TEST_TMPDIR/vm1.xml"
	on_terminal create "$BATS_TEST_TMPDIR/vm1.xml" --console --paused
	connected vm1
	same paused "$(state_of vm1)"
	ok D resume vm1
	wait_for 'screen | grep -qx "UP mem=00000000 disk=.*"' || { screen; false; }
	ok D destroy vm1
	shows 'as it was'
	shows 'ended with 0'
	on_terminal create "$BATS_TEST_TMPDIR/vm1.xml" --console
	wait_for 'screen | grep -qx "UP mem=00000000 disk=.*"' || { screen; false; }
	ok D destroy vm1
	shows 'ended with 0'
}

@test "start --console of a saved guest resumes it, and keeps no image" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 i
	ok D managedsave vm1
	on_terminal start vm1 --console
	connected vm1
	answers i
	run screen
	has_not 'UP ' "$output"
	type_keys C-]
	shows 'ended with 0'
	is_gone "$(dom vm1)/managed-save"
	same "" "$(find "$(dom vm1)/old" -name '*managed-save*')"
	ok D destroy vm1
}

@test "one user at a time: the second is refused, --force takes it" {
	define_guest vm1
	ok D start vm1
	on_terminal console vm1
	connected vm1
	second console vm1
	second_ends 1
	second_says "error: operation failed: Active console session exists for this domain: 'console' (pid "
	second_says '--force takes it'
	answers i
	second console vm1 --force
	second_says 'Connected to domain'
	shows "error: Lost the console of domain 'vm1': operation aborted: somebody else took the console"
	shows 'as it was'
	shows 'ended with 1'
	echo -n i >&9
	second_says 'mem='
	printf '\035' >&9
	second_ends 0
	ok D destroy vm1
}

@test "--force on a process that does not react says who it is" {
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	printf '[domsh]\nlock-wait=1\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	define_guest vm1
	ok D start vm1
	on_terminal console vm1
	connected vm1
	first=$(user_of vm1)
	kill -STOP "$first"
	second console vm1 --force
	second_ends 1
	second_says "'console' (pid $first) uses serial0 of 'vm1'; it was asked to let go and does not"
	kill -CONT "$first"
	shows 'ended with 1'
	ok D destroy vm1
}

@test "a signal gives the terminal back, and the guest goes on" {
	define_guest vm1
	ok D start vm1
	for number in TERM HUP; do
		on_terminal console vm1
		connected vm1
		kill -"$number" "$(user_of vm1)"
		shows "error: Interrupted; 'vm1' goes on without its console"
		shows 'as it was'
		wait_for 'screen | grep -qx "ended with 1[0-9]*"'
	done
	same running "$(state_of vm1)"
	on_terminal console vm1 # nobody holds it any more
	connected vm1
	answers i
	ok D destroy vm1
	shows 'as it was'
}

@test "what is refused" {
	define_ports vm1
	second console vm1
	second_ends 1
	second_says 'error: Requested operation is not valid: domain is not running'
	refused 'Cannot run interactive console without a controlling TTY' D start vm1 --console
	same 'shut off' "$(state_of vm1)"
	D dumpxml vm1 | perl -0pe "s|(<serial type=')unix|\${1}null|" >"$BATS_TEST_TMPDIR/null.xml"
	ok D define "$BATS_TEST_TMPDIR/null.xml"
	ok D start vm1
	refused 'Cannot run interactive console without a controlling TTY' D console vm1
	for words in "-r console vm1:error: operation forbidden: read only access prevents virDomainOpenConsole" \
		"console vm1 serial9:error: invalid argument: domain 'vm1' has no serial port or console 'serial9'" \
		"console vm1 serial1:is neither a terminal (type='pty') nor a socket" \
		"--json console vm1:leave --json out"; do
		# shellcheck disable=SC2086
		second ${words%%:*}
		second_ends 1
		second_says "${words#*:}"
	done
	ok D destroy vm1
}

@test "a guest without a console: start --console starts it and says so" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" | perl -0pe "s|<serial type='unix'>.*?</serial>||s" \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	on_terminal start vm1 --console
	shows "error: Operation not supported: domain 'vm1' has no console and no serial port"
	shows 'The guest runs, without a console'
	shows 'ended with 1'
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "a program's event loop: what the guest says, and the end when somebody takes the console" {
	define_ports x
	ok D start x
	"$products/tests/examples/watch-console" "$URI" x i >"$BATS_TEST_TMPDIR/seen" 3>&- &
	watcher=$!
	wait_for 'grep -q "mem=.* disk=" "$BATS_TEST_TMPDIR/seen"'
	same "$watcher" "$(user_of x)"
	on_terminal console x --force
	connected x
	status=0
	wait "$watcher" || status=$?
	same 0 "$status"
	answers i
	type_keys C-]
	shows 'as it was'
	# The guest ends.
	"$products/tests/examples/watch-console" "$URI" x p >"$BATS_TEST_TMPDIR/seen" 3>&-
	wait_for 'test "$(state_of x)" = "shut off"'
	run "$products/tests/examples/watch-console" "$URI" x
	same 1 "$status"
	has 'domain is not running' "$output"
}
