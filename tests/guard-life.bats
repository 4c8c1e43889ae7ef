# SPDX-License-Identifier: LGPL-2.1-or-later
# The guard of a real guest: what QEMU is given, and what happens when guard, QEMU or client die.

load helpers

run_dir()
{
	echo "$ROOT/domains/$1/run"
}

# state_of NAME KEY: a number of run/state.
state_of()
{
	jq ".$2" "$(run_dir "$1")/state"
}

# guard_of NAME: the guard's pid; it is the one that holds run/guard open.
guard_of()
{
	local fd
	fd=$(find /proc/[0-9]*/fd -lname "$(run_dir "$1")/guard" 2>/dev/null | head -n 1)
	fd=${fd#/proc/}
	echo "${fd%%/*}"
}

# kill_now SIGNAL PID: returns when it is dead. Signal 0 is also sent to the dead that nobody has
# reaped, so the state counts.
kill_now()
{
	kill "-$1" "$2"
	wait_for "! grep -qs '^State:[[:space:]]*[^ZX]' /proc/$2/status"
}

is_alive()
{
	grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

# proc_line PID KEY
proc_line()
{
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

@test "the files of a run are for the owner only" {
	umask 000
	define_guest vm
	ok D start vm
	same "" "$(find "$ROOT" \( -type f -o -type s \) -perm /077 -o -type d -perm /077)"
	ok D destroy vm
}

@test "the guard is small and has a session of its own" {
	define_guest vm
	ok D start vm
	guard=$(guard_of vm)
	private=$(awk '/^Private/ { sum += $2 } END { print sum }' "/proc/$guard/smaps_rollup")
	test "$private" -le 2048 || {
		echo "private memory of the guard: $private KiB"
		test -n "${SAN:-}"
	}
	same "$guard" "$(proc_line "$guard" NSsid)"
	same 1 "$(proc_line "$guard" Threads)"
	# A copy of alive here would make a dead guest look alive.
	same "" "$(find "/proc/$guard/fd" -lname '*/alive')"
	ok D destroy vm
}

@test "a guard that is killed hurts nobody, and a writer starts another" {
	define_guest vm
	ok D start vm
	qemu=$(state_of vm pid)
	kill_now KILL "$(guard_of vm)"
	is_alive "$qemu"
	ok D domstate vm --reason
	has unsupervised "$output"
	ok D suspend vm
	ok D domstate vm --reason
	same "paused (user)" "$output"
	same "$qemu" "$(state_of vm pid)"
	ok D resume vm
	before=$(guest_ask vm i)
	after=$(guest_ask vm i)
	test "$(guest_number mem "$after")" -ge "$(guest_number mem "$before")"
	ok D destroy vm
}

@test "a guard that is asked to leave leaves the guest alone" {
	define_guest vm
	ok D start vm
	qemu=$(state_of vm pid)
	kill_now TERM "$(guard_of vm)"
	is_alive "$qemu"
	ok D destroy vm
}

@test "a guard that is asked to leave together with its guest sees to the guest's end" {
	define_guest vm
	ok D start vm
	ok D snapshot-create-as vm s1
	guard=$(guard_of vm)
	kill -TERM "$guard" "$(state_of vm pid)"
	wait_for "! is_alive $guard"
	ok D domstate vm --reason
	has "shut off (destroyed)" "$output"
	is_gone "$(dom vm)/run"
	# A transient guest goes as a whole.
	ok D start vm
	ok D undefine vm --snapshots-metadata
	guard=$(guard_of vm)
	kill -TERM "$guard" "$(state_of vm pid)"
	wait_for "! is_alive $guard"
	is_gone "$(dom vm)"
	same 1 "$(find "$ROOT/trash" -mindepth 1 -maxdepth 1 -name '*vm' | wc -l)"
}

@test "signals of a terminal do not reach guard and guest" {
	define_guest vm
	ok D start vm
	guard=$(guard_of vm)
	for signal in HUP INT QUIT PIPE TSTP XFSZ; do
		kill "-$signal" "$guard"
	done
	ok D suspend vm
	is_alive "$guard"
	ok D destroy vm
}

@test "an adopting guard sees the end as well" {
	define_guest vm
	ok D start vm
	kill_now KILL "$(guard_of vm)"
	ok D suspend vm
	ok D resume vm
	guest_ask vm i
	ok D shutdown vm
	wait_for "! test -e '$(run_dir vm)'"
	ok D domstate vm --reason
	same "shut off (shutdown)" "$output"
}

@test "the end of a guest: powered off, killed, crashed" {
	define_guest vm
	for end in "shutdown:shutdown vm:shut off (shutdown)" "destroy:destroy vm:shut off (destroyed)"; do
		ok D start vm
		guest_ask vm i
		IFS=: read -r _ command state <<<"$end"
		ok D $command
		wait_for "! test -e '$(run_dir vm)'"
		ok D domstate vm --reason
		same "$state" "$output"
	done
	for end in "KILL:shut off (unknown)" "SEGV:shut off (crashed)" "TERM:shut off (destroyed)"; do
		ok D start vm
		kill_now "${end%%:*}" "$(state_of vm pid)"
		wait_for "! test -e '$(run_dir vm)'"
		ok D domstate vm --reason
		same "${end#*:}" "$output"
	done
}

@test "a transient guest that ends leaves nothing" {
	make_guest_disk "$BATS_TEST_TMPDIR/t.qcow2"
	tiny_xml t "$BATS_TEST_TMPDIR/t.qcow2" >"$BATS_TEST_TMPDIR/t.xml"
	ok D create "$BATS_TEST_TMPDIR/t.xml"
	guest_ask t i
	ok D shutdown t
	wait_for "! test -e '$ROOT/domains/t'"
	same "" "$(ls "$ROOT/domains")"
}

@test "guard and guest killed together: the next writer tidies up" {
	define_guest vm
	ok D start vm
	qemu=$(state_of vm pid)
	kill_now KILL "$(guard_of vm)"
	kill_now KILL "$qemu"
	ok D domstate vm
	same "shut off" "$output"
	ok D start vm
	ok D destroy vm
}

# Whatever of guard and client dies before go: nothing is left running, and a start works then.
nothing_started()
{
	wait_for 'test -z "$(processes_of "$ROOT")"'
	ok D domstate vm
	same "shut off" "$output"
	ok D start vm
	ok D destroy vm
}

@test "a guard that dies before it is ready: the start fails and leaves nothing" {
	define_guest vm
	for point in guard.alive guard.spawned guard.started; do
		capture env DOMSH_FAULT="guard:crash@$point" "$DOMSH" -c "$URI" start vm
		same 1 "$status"
		nothing_started
	done
}

@test "a guard that dies between ready and go: another one takes its place" {
	define_guest vm
	ok env DOMSH_FAULT=guard:crash@guard.ready "$DOMSH" -c "$URI" start vm
	ok D domstate vm --reason
	has "running (" "$output"
	has_not unsupervised "$output"
	ok D destroy vm
}

@test "a client that dies before its guard is ready: QEMU is ended, the guard leaves" {
	define_guest vm
	for point in guard.alive guard.spawned guard.started; do
		DOMSH_FAULT="guard:stop@$point" "$DOMSH" -c "$URI" start vm &
		client=$!
		wait_for 'guard=$(pgrep -n -f "domsh-guard start $ROOT/domains/vm") &&
			grep -qs "^State:.*T" "/proc/$guard/status"'
		kill -KILL "$client"
		wait "$client" || true
		kill -CONT "$guard"
		nothing_started
	done
}

@test "a client that dies after go: its guard finishes the start" {
	define_guest vm
	capture env DOMSH_FAULT=crash@qmp-cont "$DOMSH" -c "$URI" start vm
	same 137 "$status"
	wait_for "! test -e '$ROOT/domains/vm/intent'"
	wait_for 'test -z "$(pgrep -f "domsh-guard reconcile $ROOT")"'
	ok D domstate vm
	case $output in
	"running" | "shut off") ;;
	*) failing "neither started nor not started" D domstate vm ;;
	esac
	test "$output" = "shut off" || ok D destroy vm
}

@test "a client that dies in the middle of a save: the guest goes on without a command" {
	define_guest vm
	ok D start vm
	guest_ask vm i
	capture env DOMSH_FAULT=crash@qmp-migrate "$DOMSH" -c "$URI" managedsave vm
	same 137 "$status"
	wait_for "! test -e '$ROOT/domains/vm/intent'"
	wait_for "test \"\$(state_of vm state)\" = 1"
	guest_ask vm i
	ok D destroy vm
}

# does_not_start NAME WHY
does_not_start()
{
	capture D start "$1"
	same 1 "$status"
	has "$2" "$stderr"
	same "" "$(processes_of "$ROOT/domains/$1")"
	ok D domstate "$1"
	same "shut off" "$output"
	test ! -e "$ROOT/domains/$1/intent"
}

@test "QEMU that ends while it starts says why, and nothing is left" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	MEMORY=$((1 << 26)) define vm "$BATS_TEST_TMPDIR/vm.qcow2"
	does_not_start vm "QEMU ended while it started"
}

@test "a serial port's path that somebody listens at is refused, a dead one is taken" {
	define_guest one
	make_guest_disk "$BATS_TEST_TMPDIR/two.qcow2"
	tiny_xml two "$BATS_TEST_TMPDIR/two.qcow2" | sed 's,/two.serial,/one.serial,' >"$BATS_TEST_TMPDIR/two.xml"
	ok D define "$BATS_TEST_TMPDIR/two.xml"
	ok D start one
	does_not_start two one.serial
	kill_now KILL "$(state_of one pid)"
	test -S "$BATS_TEST_TMPDIR/one.serial"
	ok D start two
	ok D destroy two
}

@test "QEMU's log is cut above 2 MiB" {
	define_guest vm
	ok D start vm
	head -c 3M /dev/zero >>"$(run_dir vm)/log"
	# The guard may cut while the rest is still being written: that stays.
	wait_for "test \"\$(stat -c %s '$(run_dir vm)/log')\" -le 2097152"
	ok D destroy vm
}
