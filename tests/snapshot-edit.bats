# SPDX-License-Identifier: LGPL-2.1-or-later
# Editing records: the text as wanted, the name only where record and data stay called the same.

load helpers
load snapshots

# edit SED-EXPRESSION ARGUMENT…: snapshot-edit with an editor that does this.
edit()
{
	local editor=$BATS_TEST_TMPDIR/editor
	printf '#!/bin/sh\nexec sed -i %q "$1"\n' "$1" >"$editor"
	chmod +x "$editor"
	shift
	TMPDIR=$BATS_TEST_TMPDIR VISUAL='' EDITOR=$editor D snapshot-edit "$@"
}

# renaming NAME: of the record, which is the first name in it.
renaming()
{
	echo "0,/<name>/s|<name>.*</name>|<name>$1</name>|"
}

described="s|<state>|<description>better words</description><state>|"

# bare NAME: a record whose data is not there.
bare()
{
	qemu-img snapshot -d "$1" "$(disk)"
}

@test "a description: in place, the old record in old/, and taken back" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	before=$(<"$(dom vm1)/snapshots/a.xml")
	ok edit "$described" vm1 a
	same 'Snapshot a edited.' "${output%$'\n'}"
	has '<description>better words</description>' "$(D snapshot-dumpxml vm1 a)"
	same b "$(current)"
	same a "$(parent_of b)"
	same_pairs
	id=$(D -q --json trash-list vm1 | jq -r '.[] | select(.what == "snapshot '"'a'"'").id')
	ok D trash-restore "$id"
	same "$before" "$(<"$(dom vm1)/snapshots/a.xml")"
	same b "$(current)"
	# What was taken back was put in the place of the edited one, which can be had in turn.
	has 'better words' "$(cat "$(dom vm1)"/old/*~snapshot-a)"
	ok edit 's/nothing at all//' vm1 a
	same 'Snapshot a XML configuration not changed.' "${output%$'\n'}"
	ok edit "$described" vm1 --current
	has 'better words' "$(D snapshot-dumpxml vm1 b)"
	same_pairs
}

@test "while it runs, and after: the snapshot stays what it was" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	ok D snapshot-create-as vm1 live
	before=$(guest_number disk "$(guest_ask vm1 i)")
	ok edit "$described" vm1 live
	guest_ask vm1 w
	ok D snapshot-revert vm1 live
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	has '<inactiveDomain' "$(D snapshot-dumpxml vm1 live)"
	ok D destroy vm1
	same_pairs
}

@test "an older record is not put in the place of another snapshot of that name" {
	off vm1
	ok D snapshot-create-as vm1 a
	sed -i 's|<creationTime>.*<|<creationTime>1600000000<|' "$(dom vm1)/snapshots/a.xml"
	ok edit "$described" vm1 a
	ok D snapshot-delete vm1 a
	ok D snapshot-create-as vm1 a
	id=$(D -q --json trash-list vm1 | jq -r '.[0].id')
	refused 'domain snapshot a already exists' D trash-restore "$id"
}

@test "defect 09: another name needs --rename or --clone, and neither may part a record from its data" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	refused 'must use --rename or --clone to change a to c' edit "$(renaming c)" vm1 a
	has 'The edited text is kept in' "$stderr"
	refused "$unsupported the disk images hold snapshot 'a', whose name there cannot be changed" \
		edit "$(renaming c)" vm1 a --rename
	has snapshot-create-as "$stderr"
	refused "$unsupported the disk images hold snapshot 'a'" edit "$(renaming c)" vm1 a --clone
	refused 'domain snapshot b already exists' edit "$(renaming b)" vm1 a --rename
	refused 'domain snapshot a already exists' edit "$described" vm1 a --clone
	refused error: D snapshot-edit vm1 a --rename --clone
	refused error: D snapshot-edit vm1 a --current
	refused '--snapshotname or --current' D snapshot-edit vm1
	refused 'error: XML error:' edit "$(renaming ../c)" vm1 a --rename
	same_pairs
	same b "$(current)"
}

@test "defect 09: a record without data is renamed: record, children, current, and nothing else" {
	off vm1
	for name in a b c d; do
		ok D snapshot-create-as vm1 $name
	done
	bare b
	ok D snapshot-current vm1 b
	ok edit "$(renaming 'new one')" vm1 b --rename
	same 'a c d new one' "$(names)"
	same 'new one' "$(current)"
	same 'new one' "$(parent_of c)"
	same c "$(parent_of d)"
	same a "$(D -q snapshot-parent vm1 'new one')"
	has "<name>b</name>" "$(cat "$(dom vm1)"/old/*~snapshot-b)"
	is_gone "$(dom vm1)/intent"
	# The name of a tag without a record would make it that snapshot's.
	qemu-img snapshot -c stray "$(disk)"
	refused "an image already contains a snapshot 'stray' without a record" \
		edit "$(renaming stray)" vm1 'new one' --rename
	ok edit "$(renaming copy)" vm1 'new one' --clone
	same 'Snapshot new one cloned to copy.' "${output%$'\n'}"
	same 'a c copy d new one' "$(names)"
	same 'new one' "$(parent_of c)"
	same 'new one' "$(current)"
	id=$(D -q --json trash-list vm1 | jq -r '[.[] | select(.what == "snapshot '"'b'"'")][-1].id')
	refused "snapshot 'b' is not whole in the images" D trash-restore "$id"
}

@test "what the editor leaves is refused as snapshot-create --redefine refuses it" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	refused 'would create cycle' edit 's|</state>|</state><parent><name>b</name></parent>|' vm1 a
	refused 'cannot change what kind of snapshot' edit 's|>shutoff<|>running<|; /<memory snapshot/d' vm1 a
	refused 'describes another machine' edit "s|<memory unit='MiB'>32|<memory unit='MiB'>64|" vm1 a
	refused 'error: XML error:' edit '$d' vm1 a
	printf '#!/bin/sh\nexit 3\n' >"$BATS_TEST_TMPDIR/fails"
	chmod +x "$BATS_TEST_TMPDIR/fails"
	export TMPDIR=$BATS_TEST_TMPDIR VISUAL='' EDITOR=$BATS_TEST_TMPDIR/fails
	refused error: D snapshot-edit vm1 a
	refused 'read only access' D -r snapshot-edit vm1 a
	same_pairs
}
