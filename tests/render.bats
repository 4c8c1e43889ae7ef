# SPDX-License-Identifier: LGPL-2.1-or-later
# What answers look like: tables, records, trees, JSON, -q, and what a terminal gets to see.

load helpers

# on_terminal COMMAND…: its output as a terminal receives it, \r dropped.
on_terminal()
{
	local status=0
	# %q writes what bash reads.
	SHELL=/bin/bash script -qec "$(printf '%q ' "$@")" /dev/null </dev/null >"$BATS_TEST_TMPDIR/tty" || status=$?
	tr -d '\r' <"$BATS_TEST_TMPDIR/tty"
	return "$status"
}

@test "an empty list still has header and rule" {
	ok D list
	same $' Id   Name   State\n--------------------' "$output"
	ok D -q list
	same "" "$output"
	ok D --json list
	same '[]' "$output"
}

@test "list: columns are as wide as what is in them" {
	define a
	define a-name-that-is-longer
	ok D list --all
	same ' Id   Name                    State
----------------------------------------
 -    a                       shut off
 -    a-name-that-is-longer   shut off' "$output"
	ok D list --all --name
	same $'a\na-name-that-is-longer' "$output"
	ok D list --all --id
	same "" "$output"
	ok D list --all --id --name
	same $'- a\n- a-name-that-is-longer' "$output"
	ok D list --all --table --name
	has ' Id   Name ' "$output"
}

@test "list: wide and combining characters take the cells they take" {
	define 漢字
	define e$'\u0301'
	ok D list --all
	has ' -    漢字   shut off' "$output"
	has $' -    e\u0301      shut off' "$output"
}

@test "list --uuid --name: the uuid first" {
	define vm1
	ok D -q domuuid vm1
	uuid=$output
	ok D list --all --uuid --name
	same "$uuid vm1" "$output"
	ok D list --all --table --uuid
	has " $uuid" "$output"
}

@test "dominfo: labels padded to 16" {
	define vm1
	ok D dominfo vm1
	has "Id:             -" "$output"
	has "Name:           vm1" "$output"
	has "State:          shut off" "$output"
	has "CPU(s):         1" "$output"
	has "Max memory:     32768 KiB" "$output"
	has "Persistent:     yes" "$output"
	has "Autostart:      disable" "$output"
	has "Managed save:   no" "$output"
}

@test "domid, domname, domuuid, domstate" {
	define vm1
	ok D -q domid vm1
	same - "$output"
	ok D -q domuuid vm1
	ok D -q domname "$output"
	same vm1 "$output"
	ok D -q domstate vm1
	same "shut off" "$output"
	ok D -q domstate vm1 --reason
	has "shut off (" "$output"
}

@test "snapshots: table, names, parents, tree, info" {
	make_disk "$BATS_TEST_TMPDIR/d.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/d.qcow2"
	for name in a b c; do
		ok D snapshot-create-as vm1 "$name"
	done
	ok D snapshot-current vm1 b
	same "Snapshot b set as current" "$output"
	ok D snapshot-create-as vm1 d
	same "Domain snapshot d created" "$output"
	ok D snapshot-list vm1
	has " Name   Creation Time               State" "$output"
	has "---------------------------------------------" "$output"
	ok D snapshot-list vm1 --name --parent
	same $'a \nb a\nc b\nd b' "$output"
	ok D snapshot-list vm1 --tree
	same 'a
  |
  +- b
      |
      +- c
      +- d
        ' "$output"
	ok D snapshot-info vm1 b
	has "Parent:         a" "$output"
	has "Children:       2" "$output"
	has "Current:        no" "$output"
	refused "error: snapshot 'a' has no parent" D snapshot-parent vm1 a
	ok D -q snapshot-parent vm1 d
	same b "$output"
	ok D --json snapshot-list vm1 --roots
	jq -e '.[0].name == "a" and .[0].parent == null and (.[0].creation_time | type) == "number"
	       and (.[0].creation_time_iso | endswith("Z"))' <<<"$output"
}

@test "snapshot-create-as --print-xml prints and does nothing" {
	define vm1
	ok D -q snapshot-create-as vm1 's<1' 'a "b"' --print-xml --memspec file=/x,snapshot=external \
		--diskspec vda,snapshot=external,driver=qcow2,file=/a,,b --diskspec vdb,snapshot=no
	same "<domainsnapshot>
  <name>s&lt;1</name>
  <description>a &quot;b&quot;</description>
  <memory snapshot='external' file='/x'/>
  <disks>
    <disk name='vda' snapshot='external'>
      <driver type='qcow2'/>
      <source file='/a,b'/>
    </disk>
    <disk name='vdb' snapshot='no'/>
  </disks>
</domainsnapshot>" "$output"
	ok D snapshot-list vm1 --name
	same "" "$output"
	refused "unable to parse memspec: foo=1,x" D snapshot-create-as vm1 --memspec foo=1,x
	refused "unable to parse diskspec: a,foo=1" D snapshot-create-as vm1 --diskspec a,foo=1
}

@test "JSON: every reading command prints one valid document" {
	define vm1
	for command in list 'list --all' 'dominfo vm1' 'domstate vm1' 'domid vm1' 'domname vm1' \
		'domuuid vm1' 'dumpxml vm1' 'snapshot-list vm1' 'trash-list' uri help 'echo a' pwd; do
		ok D --json "$command"
		same 1 "$(jq -s length <<<"$output")"
		same 1 "$(wc -l <<<"$output")"
	done
	ok D --json 'list --all; uri; domid vm1'
	same 3 "$(jq -s length <<<"$output")"
}

@test "JSON: types are types" {
	define vm1
	ok D --json dominfo vm1
	jq -e '.id == null and .cpus == 1 and .max_memory == 33554432 and .persistent == true
	       and .autostart == false and .managed_save == false and .state == "shut off"' <<<"$output"
	ok D --json list --all
	jq -e '.[0] | .id == null and .name == "vm1" and .persistent == true' <<<"$output"
}

@test "JSON: mutators say what they did" {
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D --json define "$BATS_TEST_TMPDIR/vm1.xml"
	same '{"domain":"vm1","done":"define"}' "$output"
	ok D --json autostart vm1
	same '{"domain":"vm1","done":"autostart"}' "$output"
	ok D --json undefine vm1 --dry-run
	jq -e '.domain == "vm1" and .done == null and .dry_run and (.plan | length > 0)' <<<"$output"
	ok D --json undefine vm1
	jq -e '.done == "undefine"' <<<"$output"
	ok D --json undefine vm1 --if-exists
	jq -e '.done == null' <<<"$output"
}

@test "JSON: errors go to stderr, with code and name" {
	capture D --json domstate nope
	same 1 "$status"
	same "" "$output"
	jq -e '.error | .code == 42 and .name == "NO_DOMAIN" and .reasons == []
	       and (.message | contains("nope"))' <<<"$stderr"
	capture D --json nope
	jq -e '.error.name == "INVALID_ARG"' <<<"$stderr"
	capture D --json list --nope
	jq -e '.error.message | contains("--nope")' <<<"$stderr"
}

@test "JSON: a refusal has its reasons" {
	make_disk "$BATS_TEST_TMPDIR/d.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/d.qcow2"
	ok D snapshot-create-as vm1 base
	ok D snapshot-create-as vm1 tuesday
	capture D --json undefine vm1
	jq -e '.error | .code == 55 and .name == "OPERATION_INVALID"
	       and (.reasons | length) == 1 and .reasons[0].code == "snapshots"
	       and (.reasons[0].what | contains("tuesday"))' <<<"$stderr"
	refused "In the way:" D undefine vm1
	has "error: Failed to undefine domain 'vm1'" "$stderr"
	has "Requested operation is not valid: cannot delete inactive domain with 2 snapshots" "$stderr"
	grep -Eq '^  2 snapshots +base, tuesday +--snapshots-metadata' <<<"$stderr"
}

@test "-q drops courtesy, keeps data and errors" {
	tiny_xml vm1 >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/vm1.xml"
	same "" "$output"
	ok D -q list --all
	same " -   vm1   shut off" "$output"
	capture D -q domstate nope
	has "error: failed to get domain 'nope'" "$stderr"
	ok D -q undefine vm1
	same "" "$output"
}

@test "a terminal gets no control characters, a file gets them as they are" {
	command -v script >/dev/null || skip "no script(1) to make a terminal"
	run -1 on_terminal "$DOMSH" -c "$URI" -q domstate $'a\e[31mb\x9b\u202ec\xff'
	has 'a\x1B[31mb' "$output"
	has '\xE2\x80\xAEc\xFF' "$output"
	same "" "$(printf %s "$output" | LC_ALL=C tr -d '\n\t\40-\176')"
	run -0 on_terminal "$DOMSH" -q echo $'a\x07b'
	same 'a\x07b' "$output"
	ok "$DOMSH" -q echo $'a\x07b'
	same $'a\x07b' "$output"
}

@test "echo: --shell, --xml, --split, --err" {
	ok D -q "echo --shell a \"b c\" \"it's\" ''"
	same "a 'b c' 'it'\\''s' ''" "$output"
	ok D -q echo --xml "<a&'\"b"
	same '&lt;a&amp;&apos;&quot;b' "$output"
	ok D -q echo --split a,b,,c d
	same $'a\nb,c\nd' "$output"
	capture D -q echo --err x
	same 0 "$status"
	same "" "$output"
	same "error: x" "$stderr"
}

@test "the same layout as virsh's" {
	command -v virsh >/dev/null || skip "no virsh to compare with"
	virsh -c test:///default 'list --all' >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null ||
		skip "this virsh has no test driver"
	define test
	ok D list --all
	same "$(sed -n '1s/$//p' "$BATS_TEST_TMPDIR/theirs")" "$(sed -n 1p <<<"$output")"
}
