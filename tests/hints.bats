# SPDX-License-Identifier: LGPL-2.1-or-later
# What somebody is told who does not know yet: slips of the fingers, empty lists, refused plans.

load helpers
load prompt

teardown()
{
	pty_end
	leave_nothing
}

@test "an unknown name: near ones, a file, the words the wrong way round" {
	define vm1
	define webserver
	refused "no domain with matching name 'vm2'; did you mean 'vm1'?" D domstate vm2
	refused "did you mean 'vm1'?" D domstate VM1
	refused "did you mean 'webserver'?" D start websrever
	capture D domstate nothing-like-it
	same "error: Domain not found: no domain with matching name 'nothing-like-it'" \
		"$(tail -n 1 <<<"$stderr")"
	cd "$BATS_TEST_TMPDIR"
	refused "it is a file: 'define vm1.xml' makes a domain of it" D start vm1.xml
	refused "unknown command: 'vm1'; did you mean 'start vm1'?" D vm1 start
	refused "unknown command: 'vm1' (column 5)" D 'uri;vm1'
}

@test "a dry run of a refused undefine: the reasons, and the plan if they were allowed" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D snapshot-create-as vm1 s1
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1 --dry-run
	has "record of snapshot 's1'" "$output"
	has 'into the trash' "$output"
	refused 'cannot delete inactive domain with 1 snapshots' D --json undefine vm1 --dry-run
	same 'null true' "$(jq -r '"\(.done) \(.dry_run)"' <<<"$output")"
	ok D protect vm1
	refused 'domain is protected' D undefine vm1 --dry-run --all-state
	same '' "$output"
}

@test "an empty list on a terminal says where domains are; elsewhere it says nothing" {
	pty_start "$DOMSH" -c "$URI" list
	stands 'ended with 0'
	screen | grep -q "There are no domains in qemu:///embed"
	define vm1
	pty_start "$DOMSH" -c "$URI" list
	shows "1 domain is off: 'list --all' shows it"
	stands 'ended with 0'
	pty_start "$DOMSH" -q -c "$URI" list
	stands 'ended with 0'
	same 'ended with 0' "$(screen)"
	pty_start "$DOMSH" -c "$URI" list --all --transient
	stands 'ended with 0'
	screen | grep -q 'domain' && return 1
	ok D list
	pty_start bash -c '"$0" -c "$1" list 2>/dev/null; "$0" -c "$1" list | cat' "$DOMSH" "$URI"
	stands 'ended with 0'
	screen | grep -q 'domain' && return 1
	return 0
}

@test "an empty list says who has some: the other of session and system" {
	test "$(id -u)" = 0 || return 0 # an ordinary user sees only one of them
	export XDG_DATA_HOME=$BATS_TEST_TMPDIR/data
	test ! -e /var/lib/domsh || skip "there is a store in use"
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok "$DOMSH" -c qemu:///session define "$BATS_TEST_TMPDIR/vm1.xml"
	pty_start env XDG_DATA_HOME="$XDG_DATA_HOME" "$DOMSH" -c qemu:///system list
	shows "There is 1 in qemu:///session: domsh -c qemu:///session list --all"
	is_gone /var/lib/domsh
}

@test "a transient guest is marked on a terminal, behind its state, and nowhere else" {
	define_guest vm1
	ok D start vm1 --paused
	ok D undefine vm1
	pty_start "$DOMSH" -c "$URI" list
	shows ' 1    vm1    paused (transient)'
	ok D list
	has_not transient "$output"
	ok D destroy vm1
}

@test "define says what start will refuse, and both say what could stand there" {
	MORE="<interface type='network'><source network='default'/></interface><sound model='ac97'/>" \
		tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	capture D define "$BATS_TEST_TMPDIR/vm1.xml"
	same 0 "$status"
	has "'start vm1' will refuse: devices/interface network; <interface type='user'>" "$stderr"
	has "'start vm1' will refuse: devices/sound" "$stderr"
	refused "<interface type='user'>" D start vm1
	ok D -q undefine vm1
	ok D --json define "$BATS_TEST_TMPDIR/vm1.xml"
	same '["domain","done","remarks"] 2' "$(jq -r '"\(keys | tojson) \(.remarks | length)"' <<<"$output")"
	has "'start vm1' will refuse: devices/sound" "$output"
	ok D undefine vm1
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	same '' "$output"
}

@test "what other tools call it" {
	refused "unknown command: 'rm'; did you mean 'undefine'?" D rm vm1
	refused "did you mean 'shutdown' or 'destroy'?" D stop vm1
	refused "command or command group 'snapshto' doesn't exist; did you mean 'snapshot'" \
		D help snapshto
}
