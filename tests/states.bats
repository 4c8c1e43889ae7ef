# SPDX-License-Identifier: LGPL-2.1-or-later
# What each command of a guest's life does in each state, cell by cell, by the error's number: on
# real QEMU. What becomes of memory and disks is in the files of the commands.
load helpers

teardown()
{
	leave_nothing
}

# cell ANSWER COMMAND…: "done", or the name of the error; the store is as before then.
cell()
{
	local answer=$1 before after said
	shift
	before=$(store_list "$ROOT")
	capture D --json "$@"
	after=$(store_list "$ROOT")
	said=done
	test "$status" = 0 || said=$(jq -r '.error.name' <<<"$stderr" | head -n 1)
	test "$said" = "$answer" || failing "this should have answered $answer, not $said" "$@" || return 1
	test "$said" = done -o "$before" = "$after" || failing "a refusal changed the store" "$@"
}

# xml NAME [UUID]: a guest of that name, in a file of the name.
xml()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	tiny_xml "$1" "$BATS_TEST_TMPDIR/$1.qcow2" |
		sed "s|</name>|</name><uuid>${2:-$(uuidgen_of "$1")}</uuid>|" >"$BATS_TEST_TMPDIR/$1.xml"
}
uuidgen_of()
{
	printf '%s' "$1" | md5sum | sed -E 's/(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}

@test "off" {
	xml vm
	xml twin "$(uuidgen_of vm)"
	sed "s|<uuid>.*</uuid>|<uuid>$(uuidgen_of other)</uuid>|" "$BATS_TEST_TMPDIR/vm.xml" >"$BATS_TEST_TMPDIR/namesake.xml"
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	for command in suspend resume reset reboot shutdown destroy managedsave "save vm.save"; do
		set -- $command
		cell OPERATION_INVALID "$1" vm ${2:+"$BATS_TEST_TMPDIR/$2"}
	done
	cell OPERATION_INVALID destroy vm --graceful
	cell OPERATION_INVALID shutdown vm --mode agent
	cell done managedsave-remove vm
	for command in managedsave-dumpxml "managedsave-define vm.xml"; do
		set -- $command
		cell OPERATION_INVALID "$1" vm ${2:+"$BATS_TEST_TMPDIR/$2"}
	done
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	cell OPERATION_FAILED define "$BATS_TEST_TMPDIR/twin.xml"
	cell OPERATION_FAILED define "$BATS_TEST_TMPDIR/namesake.xml"
	cell OPERATION_FAILED create "$BATS_TEST_TMPDIR/twin.xml"
	cell OPERATION_FAILED create "$BATS_TEST_TMPDIR/namesake.xml"
	xml vm2
	cell done define "$BATS_TEST_TMPDIR/vm2.xml"
	cell OPERATION_INVALID domrename vm vm2
	cell XML_ERROR domrename vm a/b
	cell done autostart vm
	cell done autostart vm --disable
	cell done domrename vm vm3
	cell NO_DOMAIN domstate vm
	cell done start vm3 --paused
	cell done destroy vm3
}

@test "running" {
	xml vm
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	cell done start vm
	cell OPERATION_INVALID start vm
	cell OPERATION_INVALID create "$BATS_TEST_TMPDIR/vm.xml"
	cell OPERATION_INVALID domrename vm vm2
	cell ARGUMENT_UNSUPPORTED shutdown vm --mode agent
	cell done suspend vm
	cell done suspend vm
	cell done resume vm
	cell OPERATION_INVALID resume vm
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	cell done reset vm
	cell done managedsave-remove vm
	cell OPERATION_INVALID managedsave-dumpxml vm
	cell done save vm "$BATS_TEST_TMPDIR/vm.save" --paused
	same paused "$(cell done restore "$BATS_TEST_TMPDIR/vm.save"; state_of vm)"
	cell OPERATION_INVALID restore "$BATS_TEST_TMPDIR/vm.save"
	cell done destroy vm --graceful
	same 'shut off (destroyed)' "$(D -q domstate vm --reason)"
}

@test "paused" {
	xml vm
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	cell done start vm --paused
	cell OPERATION_INVALID shutdown vm
	cell OPERATION_INVALID shutdown vm --mode acpi
	cell OPERATION_INVALID reboot vm
	cell OPERATION_INVALID start vm
	cell OPERATION_INVALID domrename vm vm2
	cell done resume vm
	cell done suspend vm
	cell done managedsave vm --running
	cell OPERATION_INVALID domrename vm vm2
	cell OPERATION_INVALID managedsave vm
	cell CONFIG_UNSUPPORTED managedsave-define vm <(D managedsave-dumpxml vm | sed 's|<vcpu>1|<vcpu>2|')
	cell OPERATION_INVALID create "$BATS_TEST_TMPDIR/vm.xml"
	cell done start vm
	same running "$(state_of vm)"
	cell done destroy vm
}

@test "transient" {
	xml vm
	cell done create "$BATS_TEST_TMPDIR/vm.xml"
	cell OPERATION_INVALID managedsave vm
	cell OPERATION_INVALID autostart vm
	cell OPERATION_INVALID undefine vm
	cell OPERATION_INVALID domrename vm vm2
	cell OPERATION_INVALID start vm
	cell OPERATION_INVALID create "$BATS_TEST_TMPDIR/vm.xml"
	cell OPERATION_INVALID snapshot-create-as vm s --halt
	cell done snapshot-create-as vm s
	cell done snapshot-revert vm s
	cell done suspend vm
	cell done resume vm
	cell done save vm "$BATS_TEST_TMPDIR/vm.save"
	cell NO_DOMAIN domstate vm
	cell done restore "$BATS_TEST_TMPDIR/vm.save"
	has 'Persistent:     no' "$(D dominfo vm)"
	cell done destroy vm
	cell NO_DOMAIN domstate vm
	# Over a definition that is off: runs with what it is given, and stays defined.
	cell done define "$BATS_TEST_TMPDIR/vm.xml"
	sed 's|<memory unit=.MiB.>32|<memory unit="MiB">48|' "$BATS_TEST_TMPDIR/vm.xml" >"$BATS_TEST_TMPDIR/more.xml"
	cell done create "$BATS_TEST_TMPDIR/more.xml"
	has 'Max memory:     49152 KiB' "$(D dominfo vm)"
	has 'Persistent:     yes' "$(D dominfo vm)"
	cell done destroy vm
	has 'Max memory:     32768 KiB' "$(D dominfo vm)"
	# A restore never takes another's name.
	sed "s|<uuid>.*</uuid>|<uuid>$(uuidgen_of other)</uuid>|" "$BATS_TEST_TMPDIR/vm.xml" >"$BATS_TEST_TMPDIR/namesake.xml"
	cell done undefine vm
	cell done define "$BATS_TEST_TMPDIR/namesake.xml"
	cell OPERATION_FAILED restore "$BATS_TEST_TMPDIR/vm.save"
}
