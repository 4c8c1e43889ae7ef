# SPDX-License-Identifier: LGPL-2.1-or-later
# Two domsh at once: the second waits, and if it waits too long it says for whom.

load helpers

setup()
{
	own_root
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	printf '[domsh]\nlock-wait=2\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	holder=
}

teardown()
{
	test -z "$holder" || kill -KILL "$holder" 2>/dev/null || true
	leave_nothing
}

# hold POINT COMMAND…: a domsh that stops at that point, with its locks.
hold()
{
	local point=$1
	shift
	DOMSH_FAULT=stop@$point "$DOMSH" -c "$URI" "$@" >"$BATS_TEST_TMPDIR/holder" 2>&1 3>&- &
	holder=$!
	wait_for 'case $(ps -o stat= -p $holder) in T*) ;; *) false ;; esac'
}

go_on()
{
	kill -CONT "$holder"
	wait "$holder"
	holder=
}

# waits PID: until it waits for a lock.
waits()
{
	waiting=$1
	wait_for 'readlink /proc/$waiting/fd/* | grep -q inotify'
}

@test "the second waits for the first, and both are done" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	hold snapshot-create.INTENT snapshot-create-as vm1 first
	"$DOMSH" -c "$URI" snapshot-create-as vm1 second >"$BATS_TEST_TMPDIR/second" 2>&1 3>&- &
	second=$!
	waits $second
	go_on
	wait "$second"
	same $'first\nsecond' "$(D -q snapshot-list vm1 --name)"
	same first "$(D -q snapshot-parent vm1 second)"
}

@test "after lock-wait it names the first, and has changed nothing" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	hold snapshot-create.INTENT snapshot-create-as vm1 first
	refused "is busy: 'snapshot-create-as' (pid $holder) holds it; nothing was changed" D undefine vm1
	has 'error: Failed to undefine domain' "$stderr"
	refused "is busy: 'snapshot-create-as' (pid $holder) holds it" D autostart vm1
	# Readers do not wait.
	ok D list --all
	ok D dumpxml vm1
	same "" "$(D -q snapshot-list vm1 --name)"
	# Other domains neither.
	define vm2
	ok D undefine vm2
	go_on
	same first "$(D -q snapshot-list vm1 --name)"
}

@test "the first killed: the second goes on at once, with what was left tidied up" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	hold snapshot-create.SNAPSHOT_SAVE snapshot-create-as vm1 first
	printf '[domsh]\nlock-wait=20\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	"$DOMSH" -c "$URI" snapshot-create-as vm1 second >"$BATS_TEST_TMPDIR/second" 2>&1 3>&- &
	second=$!
	waits $second
	kill -KILL "$holder"
	holder=
	wait_for '! kill -0 $second 2>/dev/null' 5
	wait "$second"
	same $'first\nsecond' "$(D -q snapshot-list vm1 --name)"
}

@test "a start in progress: others wait, destroy too, and list shows nothing that is not" {
	define_guest vm1
	hold start.SPAWN start vm1
	same 'shut off' "$(state_of vm1)"
	refused "is busy: 'start' (pid $holder) holds it" D managedsave vm1
	refused "is busy: 'start' (pid $holder) holds it" D start vm1
	go_on
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "destroy does not wait for a lock to kill" {
	define_guest vm1
	ok D start vm1
	pid=$(jq .pid "$(dom vm1)/run/state")
	hold snapshot-create.INTENT snapshot-create-as vm1 long
	D destroy vm1 >"$BATS_TEST_TMPDIR/destroy" 2>&1 3>&- &
	destroyer=$!
	wait_for '! kill -0 $pid 2>/dev/null'
	kill -CONT "$holder"
	wait "$holder" || true
	holder=
	wait "$destroyer" || true
	ok D autostart vm1
	same 'shut off' "$(state_of vm1)"
	is_gone "$(dom vm1)/intent"
	same "" "$(D -q snapshot-list vm1 --name)"
}

@test "two defines of one new name: one domain, and the other is told" {
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/one.xml"
	hold define.STAGE define "$BATS_TEST_TMPDIR/one.xml"
	"$DOMSH" -c "$URI" define "$BATS_TEST_TMPDIR/one.xml" >"$BATS_TEST_TMPDIR/second" 2>&1 3>&- &
	second=$!
	waits $second
	go_on
	wait "$second" && return 1
	has "domain 'vm1' already exists with uuid $(D -q domuuid vm1)" "$(<"$BATS_TEST_TMPDIR/second")"
}

@test "many at once on one domain: each is done or told, none is lost" {
	printf '[domsh]\nlock-wait=20\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	pids=()
	for n in {1..12}; do
		D snapshot-create-as vm1 "s$n" >/dev/null 2>&1 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	same 12 "$(D -q snapshot-list vm1 --name | wc -l)"
	same 1 "$(D -q snapshot-list vm1 --name --roots | wc -l)"
	same 1 "$(D -q snapshot-list vm1 --name --leaves | wc -l)"
	same 12 "$(qemu-img info --output=json "$BATS_TEST_TMPDIR/vm1.qcow2" | jq '.snapshots | length')"
}
