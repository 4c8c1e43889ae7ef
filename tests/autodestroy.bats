# SPDX-License-Identifier: LGPL-2.1-or-later
# --autodestroy: a guest ends with the connection that started it, however that ends.

load helpers

is_over()
{
	wait_for "test ! -e '$(dom "$1")/run'"
}

# keep_open NAME COMMAND…: a shell that has run these commands and waits for more; its pid is
# $shell, and descriptor 7 its standard input.
keep_open()
{
	mkfifo "$BATS_TEST_TMPDIR/commands"
	"$DOMSH" -q -c "$URI" <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/said" 2>&1 &
	shell=$!
	exec 7>"$BATS_TEST_TMPDIR/commands"
	printf '%s\n' "$@" >&7
}

guard_of()
{
	pgrep -f "domsh-guard (start|adopt) $(dom "$1") "
}

@test "one command: the guest is gone with it" {
	define_guest vm
	ok D start vm --autodestroy
	same "Domain 'vm' started" "${output%$'\n'}"
	is_over vm
	same 'shut off (destroyed)' "$(D -q domstate vm --reason)"
	ok D 'start vm --autodestroy; domstate vm'
	has running "$output"
	is_over vm
	D -q dumpxml vm >"$BATS_TEST_TMPDIR/vm.xml"
	ok D create --autodestroy "$BATS_TEST_TMPDIR/vm.xml"
	is_over vm
	ok D undefine vm
	ok D create --autodestroy "$BATS_TEST_TMPDIR/vm.xml"
	wait_for 'test ! -e "$(dom vm)"'
}

@test "a shell keeps it; its end, a kill and another connection do not" {
	define_guest vm
	define_guest other
	keep_open "start vm --autodestroy" "start other"
	wait_for "test \"\$(D -q domstate other)\" = running"
	same running "$(state_of vm)"
	guest_ask vm i
	kill -KILL "$shell"
	is_over vm
	same 'shut off (destroyed)' "$(D -q domstate vm --reason)"
	same running "$(state_of other)"
	exec 7>&-
	rm "$BATS_TEST_TMPDIR/commands"
	keep_open "start vm --autodestroy" "connect qemu:///embed?root=$ROOT/elsewhere" "echo connected"
	wait_for "grep -q connected '$BATS_TEST_TMPDIR/said'"
	is_over vm
	same running "$(state_of other)"
	exec 7>&-
	wait "$shell"
	# The next run is nobody's.
	ok D start vm
	same running "$(state_of vm)"
	ok D destroy vm
	ok D destroy other
}

@test "a guest that does not heed is killed" {
	define_guest vm
	keep_open "start vm --autodestroy"
	wait_for "test \"\$(D -q domstate vm)\" = running"
	pid=$(jq .pid "$(dom vm)/run/state")
	kill -STOP "$pid"
	exec 7>&-
	wait "$shell"
	is_over vm
	same 'shut off (destroyed)' "$(D -q domstate vm --reason)"
}

@test "the guard killed first: the one that adopts the guest sees what is the matter" {
	define_guest vm
	keep_open "start vm --autodestroy"
	wait_for "test \"\$(D -q domstate vm)\" = running"
	# The owner is there: another guard goes on watching it.
	kill -KILL "$(guard_of vm)"
	ok D suspend vm
	ok D resume vm
	same running "$(state_of vm)"
	kill -KILL "$(guard_of vm)"
	kill -KILL "$shell"
	# Without a guard it runs on, and a writer brings one.
	same running "$(state_of vm)"
	capture D suspend vm
	is_over vm
	same 'shut off (destroyed)' "$(D -q domstate vm --reason)"
	exec 7>&-
}

@test "a client killed at any step of such a start leaves no guest" {
	define_guest vm
	for step in SPAWN PUBLISH_RUN GO CONT; do
		capture env DOMSH_FAULT="crash@start.$step" "$DOMSH" -c "$URI" start vm --autodestroy
		same 137 "$status"
		wait_for 'test -z "$(processes_of "$ROOT")"'
		same "shut off" "$(state_of vm)"
	done
	ok D start vm
	ok D destroy vm
}

@test "the test driver: its guests end with their connection too" {
	ok "$DOMSH" -c test:///default 'destroy test; start test --autodestroy; domstate test'
	has running "$output"
}
