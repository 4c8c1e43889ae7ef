# SPDX-License-Identifier: LGPL-2.1-or-later
# The command event, and what is told of domains, whoever does it.
load helpers
load events

# listen ARGUMENT…: event in the background; what it prints is $heard. It hears what happens from
# the moment when it watches.
listen()
{
	heard=$BATS_TEST_TMPDIR/heard
	in_background event "$@"
}

# heard_all: end the listener by Ctrl-C once it has heard $1; what it has heard is in $output.
heard_all()
{
	wait_for "grep -q '$1' '$heard'"
	kill -INT "$listener"
	status=0
	wait "$listener" || status=$?
	listener=
	output=$(sed "s/^event 'lifecycle' for domain //" "$heard")
}

@test "a life, told as it happens" {
	listen --event lifecycle --loop
	define x
	ok D start x
	ok D suspend x
	ok D resume x
	ok D managedsave x
	ok D start x
	ok D destroy x
	ok D start x --paused
	ok D destroy x
	ok D domrename x y
	ok D undefine y
	heard_all Undefined.Removed
	same "'x': Defined Added
'x': Started Booted
'x': Suspended Paused
'x': Resumed Unpaused
'x': Suspended Paused
'x': Stopped Saved
'x': Started Restored
'x': Stopped Destroyed
'x': Started Booted
'x': Suspended Paused
'x': Stopped Destroyed
'x': Undefined Renamed
'y': Defined Renamed
'y': Undefined Removed
event loop interrupted
events received: 14" "$output"
}

@test "ends that only the guard sees: poweroff and kill, of a transient guest, too" {
	define_guest g
	listen --event lifecycle --loop
	ok D start g
	guest_ask g p || true
	wait_for 'grep -q "Stopped Shutdown" "$heard"'
	ok D start g
	pid=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$(dom g)/run/state")
	kill -KILL "$pid"
	wait_for 'grep -q "Stopped Failed" "$heard"'
	tiny_xml t "$BATS_TEST_TMPDIR/g.qcow2" >"$BATS_TEST_TMPDIR/t.xml"
	ok D create "$BATS_TEST_TMPDIR/t.xml"
	guest_ask t p || true
	heard_all 'domain .t.: Stopped'
	same "'g': Started Booted
'g': Shutdown Finished after guest request
'g': Stopped Shutdown
'g': Started Booted
'g': Stopped Failed
't': Started Booted
't': Shutdown Finished after guest request
't': Stopped Shutdown
event loop interrupted
events received: 8" "$output"
}

@test "snapshots: a revert in place, to off and back" {
	define_guest g
	ok D start g
	ok D snapshot-create-as g one
	listen --event lifecycle --loop
	ok D snapshot-revert g one
	ok D destroy g
	ok D snapshot-revert g one
	heard_all "Started Snapshot"
	has "'g': Suspended Snapshot
'g': Resumed Snapshot
'g': Defined Snapshot
'g': Stopped Destroyed
'g': Defined Snapshot
'g': Started Snapshot" "$output"
	ok D destroy g
}

@test "one event is enough without --loop; a domain and a kind can be named" {
	define a
	define b
	listen b --event lifecycle
	ok D start a
	ok D start b
	wait "$listener"
	listener=
	same "event 'lifecycle' for domain 'b': Started Booted
events received: 1" "$(<"$heard")"
	listen --event reboot --timestamp
	ok D reset a
	wait "$listener"
	listener=
	[[ $(<"$heard") =~ ^[0-9-]{10}\ [0-9:]{8}\.[0-9]{3}\+0000:\ event\ \'reboot\'\ for\ domain\ \'a\'$'\n'events\ received:\ 1 ]]
	ok D destroy a
	ok D destroy b
}

@test "JSON: an object a line" {
	json=1
	listen --all
	define x
	wait "$listener"
	listener=
	same '["lifecycle","x","Defined","Added",true]' \
		"$(jq -c '[.event, .domain, .what, .detail, (.time_iso != null)]' "$heard")"
}

@test "a store that is not there yet is waited for" {
	is_gone "$ROOT"
	listen --event lifecycle
	is_gone "$ROOT"
	define x
	wait "$listener"
	listener=
	has "for domain 'x': Defined Added" "$(<"$heard")"
}

@test "nothing came: time is over, exit 1; the kinds; what does not go together" {
	define x
	capture D event --all --timeout 1
	same 1 "$status"
	same $'event loop timed out\nevents received: 0' "${output%$'\n'}"
	same "$(virsh -c test:///default 'event --list')" "$("$DOMSH" -c test:///default 'event --list')"
	refused 'one of --list, --all, or --event <type> is required' D event
	refused 'mutually exclusive' D event --all --event lifecycle
	refused 'foo' D event --event foo
	refused '--timeout' D event --all --timeout 0
}

# --- what QEMU's monitor says -----------------------------------------------------------------

# listen_monitor ARGUMENT…: as listen, with qemu-monitor-event.
listen_monitor()
{
	heard=$BATS_TEST_TMPDIR/heard
	in_background qemu-monitor-event "$@"
}

@test "QEMU's events of a guest that runs, and of one that is started later" {
	define a
	ok D start a
	define b
	listen_monitor --event '^(stop|resume|reset)$' --regex --no-case --loop
	ok D suspend a
	ok D start b
	ok D reset b
	wait_for 'grep -q "RESET.*domain .b." "$heard"'
	ok D destroy a
	ok D destroy b
	heard_all RESET
	output=$(sed 's/ at [0-9]*\.[0-9]\{6\} / /' <<<"$output" | grep -v '^$')
	same "event STOP for domain 'a': <null>
event RESUME for domain 'b': <null>" "$(sed 2q <<<"$output")"
	has "event RESET for domain 'b': {\"guest\":false,\"reason\":\"host-qmp-system-reset\"}" "$output"
	has "event loop interrupted" "$output"
}

@test "QEMU's events: one of one domain; JSON; a pattern that is none; read-only" {
	define a
	ok D start a
	listen_monitor a STOP --timestamp
	ok D suspend a
	ok D resume a
	wait "$listener"
	listener=
	[[ $(<"$heard") =~ ^[0-9-]{10}\ [0-9:]{8}\.[0-9]{3}\+0000:\ event\ STOP\ at\ [0-9]+\.[0-9]{6}\ for\ domain\ \'a\':\ \<null\>$'\n' ]]
	json=1
	listen_monitor --event RESET
	ok D reset a
	wait "$listener"
	listener=
	same '["RESET","a",false]' "$(jq -c '[.event, .domain, .data.guest]' "$heard")"
	ok D destroy a
	refused 'not a regular expression' D qemu-monitor-event --event '(' --regex
	refused "read only access prevents" D -r qemu-monitor-event --timeout 1
	refused '--event' D qemu-monitor-event --regex
}
