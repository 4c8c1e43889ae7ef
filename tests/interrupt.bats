# SPDX-License-Identifier: LGPL-2.1-or-later
# Ctrl-C, and how far it is: jobs that last, in one-shot use and at the prompt.
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
	leave_nothing
}

# large_guest NAME: one whose memory takes a while to save, though most of it is empty.
large_guest()
{
	MEMORY=3072 define_guest "$1"
	ok D start "$1"
	mem=$(guest_number mem "$(guest_ask "$1" f i)")
}

# interruptible COMMAND…: in the background bash would make it deaf to SIGINT.
interruptible()
{
	perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV' "$@" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
	client=$!
}
ends()
{
	status=0
	wait "$client" || status=$?
	test "$status" = "$1" || { cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; echo "status $status"; return 1; }
}

# goes_on NAME: it runs, with the memory that it had.
goes_on()
{
	local now
	same running "$(state_of "$1")"
	now=$(guest_number mem "$(guest_ask "$1" i)")
	test "$now" -ge "$mem"
	same "" "$(cd "$(dom "$1")" && ls -d intent managed-save managed-save.new~ run/job run/cancel 2>/dev/null)"
}

@test "one-shot: Ctrl-C aborts a managedsave, the rest of the string is left out, status 130" {
	large_guest vm1
	for signal in INT:130 TERM:143; do
		interruptible "$DOMSH" -c "$URI" 'managedsave vm1; echo never'
		wait_for 'test -e "$(dom vm1)/run/job"'
		kill -"${signal%:*}" "$client"
		ends "${signal#*:}"
		same "" "$(<"$BATS_TEST_TMPDIR/out")"
		has "'managedsave' is being aborted" "$(<"$BATS_TEST_TMPDIR/err")"
		has "error: Failed to save domain 'vm1' state" "$(<"$BATS_TEST_TMPDIR/err")"
		has 'error: operation aborted: saving was cancelled; the guest is as it was before' "$(<"$BATS_TEST_TMPDIR/err")"
		goes_on vm1
	done
	# What ignores the signal from the start is not aborted by it.
	(trap '' INT; exec "$DOMSH" -c "$URI" managedsave vm1 >"$BATS_TEST_TMPDIR/out" 2>&1) &
	client=$!
	wait_for 'test -e "$(dom vm1)/run/job"'
	kill -INT "$client"
	ends 0
	is_there "$(dom vm1)/managed-save"
	interruptible "$DOMSH" -c "$URI" start vm1
	wait_for 'ls "$(dom vm1)"/run.*/job 2>/dev/null'
	ok D domjobinfo vm1
	has Restore "$output"
	kill -INT "$client"
	ends 130
	has 'loading was cancelled; what was saved is kept' "$(<"$BATS_TEST_TMPDIR/err")"
	same 'shut off' "$(state_of vm1)"
	is_there "$(dom vm1)/managed-save"
	ok D start vm1
	goes_on vm1
	ok D destroy vm1
}

qemu_of()
{
	jq .pid "$(dom "$1")/run/state"
}

# held_in_load DIRECTORY: what is being loaded into a guest whose directory is below this one is held
# in its middle; $qemu is the guest's process. Who it is is asked before, and its work is waited for
# without a fork: a load does not last long.
held_in_load()
{
	local domains=$1 until=$((SECONDS + 20))
	wait_for 'qemu=$(jq ".pid // empty | select(. > 0)" "$domains"/*/run.*/state 2>/dev/null); test -n "$qemu"'
	until compgen -G "$domains/*/run.*/job" >/dev/null; do
		test "$SECONDS" -lt "$until" || { echo "nothing is being loaded"; return 1; }
	done
	kill -STOP "$qemu"
}

# store_but_ids: numbers of guests are used up also by those that did not come.
store_but_ids()
{
	store_list "$ROOT" | grep -v '[ /]ids'
}

# not_restored: as if nobody had asked for it.
not_restored()
{
	same "$sum" "$(sha256sum <"$BATS_TEST_TMPDIR/file")"
	same "$before" "$(store_but_ids)"
	same "" "$(processes_of "$ROOT")"
}

# saved_to_file: vm1's memory is in a file, which is $sum; the store is $before.
saved_to_file()
{
	large_guest vm1
	ok D save vm1 "$BATS_TEST_TMPDIR/file"
	sum=$(sha256sum <"$BATS_TEST_TMPDIR/file")
	before=$(store_but_ids)
}

@test "one-shot: Ctrl-C aborts a restore while it is loaded, defined or not; the file is whole" {
	saved_to_file
	interruptible "$DOMSH" -c "$URI" "restore '$BATS_TEST_TMPDIR/file'; echo never"
	held_in_load "$ROOT/domains"
	kill -INT "$client"
	wait_for 'grep -q "being aborted" "$BATS_TEST_TMPDIR/err"'
	ends 130
	same '' "$(<"$BATS_TEST_TMPDIR/out")"
	same "'restore' is being aborted …
error: Failed to restore domain from $BATS_TEST_TMPDIR/file
error: operation aborted: loading was cancelled; what was saved is kept" "$(<"$BATS_TEST_TMPDIR/err")"
	not_restored
	same 'shut off' "$(state_of vm1)"
	ok D undefine vm1
	before=$(store_but_ids)
	interruptible "$DOMSH" -c "$URI" restore "$BATS_TEST_TMPDIR/file"
	held_in_load "$ROOT/staging"
	kill -TERM "$client"
	ends 143
	not_restored
	refused "failed to get domain 'vm1'" D domstate vm1
	ok D restore "$BATS_TEST_TMPDIR/file"
	goes_on vm1
	ok D destroy vm1
}

@test "prompt: Ctrl-C in a restore, which shows how far it is" {
	saved_to_file
	pty_start env TERM=screen LC_ALL=C.UTF-8 "$DOMSH" -c "$URI"
	stands 'domsh #'
	type_keys -l "restore $BATS_TEST_TMPDIR/file"
	type_keys Enter
	held_in_load "$ROOT/domains"
	# The second half is loading; QEMU may have read all of it and not said so.
	wait_for 'screen | grep -Eq "^Restore: \[( *[5-9][0-9]|100) [%]\]"' || { screen; return 1; }
	type_keys C-c
	shows "'restore' is being aborted …"
	shows 'error: operation aborted: loading was cancelled; what was saved is kept'
	stands 'domsh #'
	not_restored
	type_keys -l "restore $BATS_TEST_TMPDIR/file"
	type_keys Enter
	shows "Domain restored from $BATS_TEST_TMPDIR/file"
	goes_on vm1
	ok D destroy vm1
}

@test "one-shot: what cannot be aborted goes on to its end, and says so" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 i
	DOMSH_FAULT=stop@qmp-snapshot-save interruptible "$DOMSH" -c "$URI" 'snapshot-create-as vm1 s1; echo never'
	wait_for 'grep -q "^State:.*stopped" "/proc/$client/status"'
	ok D domjobinfo vm1
	has 'Operation:        Snapshot' "$output"
	capture D domjobabort vm1
	has 'this job cannot be ended before it is done' "$stderr"
	kill -STOP "$(qemu_of vm1)"
	kill -CONT "$client"
	kill -INT "$client"
	wait_for 'grep -q "cannot be stopped half-way: it goes on to its end" "$BATS_TEST_TMPDIR/err"'
	kill -CONT "$(qemu_of vm1)"
	ends 130
	same 'Domain snapshot s1 created' "$(<"$BATS_TEST_TMPDIR/out")"
	same s1 "$(D -q snapshot-list vm1 --name)"
	is_gone "$(dom vm1)/run/job"
	same running "$(state_of vm1)"
	interruptible "$DOMSH" -c "$URI" await vm1 domain-inactive
	wait_for 'grep -q "^SigBlk:.*[2367abef]$" "/proc/$client/status"'
	kill -INT "$client"
	ends 130
	has "error: Interrupted; 'vm1' is as it was" "$(<"$BATS_TEST_TMPDIR/err")"
	ok D destroy vm1
}

# stopped_in_save: the save that was begun at the prompt is held in its middle.
stopped_in_save()
{
	wait_for 'test -e "$(dom vm1)/run/job"'
	kill -STOP "$(qemu_of vm1)"
}

check_prompt()
{
	pty_start env TERM=screen LC_ALL=C.UTF-8 "$products/domsh-with-$editor" -c "$URI"
	stands 'domsh #'
	type_keys -l 'managedsave vm1'
	type_keys Enter
	stopped_in_save
	wait_for 'screen | grep -q "^Managedsave: \[ *[0-9]* [%s]\]"' || { screen; return 1; }
	type_keys C-c
	shows "'managedsave' is being aborted …"
	kill -CONT "$(qemu_of vm1)"
	shows 'error: operation aborted: saving was cancelled; the guest is as it was before'
	stands 'domsh #'
	goes_on vm1
	type_keys -l 'console vm1'
	type_keys Enter
	shows "Escape character is ^]"
	type_keys -l i
	wait_for 'screen | grep -qx "mem=.*"' || { screen; return 1; }
	type_keys C-]
	stands 'domsh #'
	type_keys -l 'echo alive'
	type_keys Enter
	shows alive
	type_keys C-d
	shows 'ended with 0'
}

@test "prompt: Ctrl-C in a managedsave, and a console, with each line editor" {
	large_guest vm1
	for editor in readline libedit none; do
		test -x "$products/domsh-with-$editor" || skip "$editor is not there"
		echo "with $editor"
		check_prompt
	done
	# Elsewhere nothing is shown unless it is asked for.
	capture D managedsave vm1
	same '' "$stderr"
	ok D start vm1
	capture D managedsave vm1 --verbose
	same 'Managedsave: [100 %]' "$stderr"
	has "Domain 'vm1' state saved" "$output"
}
