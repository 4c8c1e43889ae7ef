# SPDX-License-Identifier: LGPL-2.1-or-later
# Snapshots: never a record without its data, nor data without its record.

load helpers
load snapshots

# --- create -----------------------------------------------------------------------------------

@test "off: record and tag, parent and current" {
	off vm1
	ok D snapshot-create-as vm1 base 'the first & only'
	same 'Domain snapshot base created' "${output%$'\n'}"
	ok D snapshot-create-as vm1 next
	same 'base next' "$(names)"
	same next "$(current)"
	same base "$(parent_of next)"
	refused "snapshot 'base' has no parent" D snapshot-parent vm1 base
	same_pairs
	ok D snapshot-dumpxml vm1 base
	has '<description>the first &amp; only</description>' "$output"
	has '<state>shutoff</state>' "$output"
	has "<disk name='vda' snapshot='internal'/>" "$output"
	has "<memory snapshot='no'/>" "$output"
	has_not '<parent>' "$output"
	same 600 "$(stat -c %a "$(dom vm1)/snapshots/base.xml")"
	ok D snapshot-info vm1 next
	has 'State:          shutoff' "$output"
	has 'Parent:         base' "$output"
	has 'Current:        yes' "$output"
}

@test "running and paused: with memory, and the guest goes on as it was" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	ok D snapshot-create-as vm1 live
	same running "$(state_of vm1)"
	ok D suspend vm1
	ok D snapshot-create-as vm1 stopped
	same paused "$(state_of vm1)"
	ok D resume vm1
	guest_ask vm1 i
	has '<state>running</state>' "$(D snapshot-dumpxml vm1 live)"
	has "<memory snapshot='internal'/>" "$(D snapshot-dumpxml vm1 live)"
	has '<inactiveDomain' "$(D snapshot-dumpxml vm1 live)"
	has '<state>paused</state>' "$(D snapshot-dumpxml vm1 stopped)"
	same_pairs
	ok D destroy vm1
	same_pairs
	ok qemu-img check -q "$(disk)"
}

@test "all writable disks take part, read-only ones and CD-ROMs stay out" {
	make_disk "$BATS_TEST_TMPDIR/a.qcow2"
	make_disk "$BATS_TEST_TMPDIR/b.qcow2"
	make_disk "$BATS_TEST_TMPDIR/ro.qcow2"
	tiny_xml vm1 "$BATS_TEST_TMPDIR"/{a,b,ro}.qcow2 |
		sed "/ro.qcow2/s|$|<readonly/>|" >"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	ok D snapshot-create-as vm1 s1
	same 's1 s1 ' "$(tags "$BATS_TEST_TMPDIR/a.qcow2") $(tags "$BATS_TEST_TMPDIR/b.qcow2") $(tags "$BATS_TEST_TMPDIR/ro.qcow2")"
	has "<disk name='vdc' snapshot='no'/>" "$(D snapshot-dumpxml vm1 s1)"
	ok D start vm1
	ok D snapshot-create-as vm1 s2
	same 's1 s2,s1 s2,' "$(tags "$BATS_TEST_TMPDIR/a.qcow2"),$(tags "$BATS_TEST_TMPDIR/b.qcow2"),$(tags "$BATS_TEST_TMPDIR/ro.qcow2")"
	ok D destroy vm1
}

@test "no name: the time in seconds" {
	off vm1
	ok D snapshot-create vm1
	now=$(date +%s) name=$(names)
	test "$name" -le "$now" -a "$name" -gt $((now - 100))
	same "$name" "$(tags "$(disk)")"
}

@test "from XML: parent, state and time in it do not count, unknown elements neither" {
	off vm1
	ok D snapshot-create-as vm1 base
	ok D snapshot-create vm1 /dev/stdin <<<"<domainsnapshot><name>x1</name><description>mine</description>
		<state>running</state><parent><name>nobody</name></parent><creationTime>1</creationTime>
		<surprise/></domainsnapshot>"
	same base "$(parent_of x1)"
	ok D snapshot-dumpxml vm1 x1
	has '<state>shutoff</state>' "$output"
	has '<description>mine</description>' "$output"
	has_not '<creationTime>1<' "$output"
	same_pairs
}

@test "--print-xml does nothing, --no-metadata leaves only data" {
	off vm1
	before=$(store_hash "$ROOT")
	ok D snapshot-create-as vm1 s1 --print-xml
	has '<name>s1</name>' "$output"
	same "$before" "$(store_hash "$ROOT")"
	same "" "$(tags "$(disk)")"
	ok D snapshot-create-as vm1 base
	ok D snapshot-create-as vm1 bare --no-metadata
	same base "$(names)"
	same base "$(current)"
	same 'bare base' "$(tags "$(disk)")"
	refused "already contains a snapshot 'bare' without a record" D snapshot-create-as vm1 bare
}

@test "--halt: the guest ends with its snapshot, and loses nothing by it" {
	define_guest vm1
	ok D snapshot-create-as vm1 cold --halt
	same 'shut off' "$(state_of vm1)"
	ok D start vm1
	before=$(guest_number disk "$(guest_ask vm1 w)")
	ok D snapshot-create-as vm1 end --halt
	same 'shut off' "$(state_of vm1)"
	has 'from snapshot' "$(D domstate vm1 --reason)"
	has '<state>running</state>' "$(D snapshot-dumpxml vm1 end)"
	is_gone "$(dom vm1)/run"
	ok D snapshot-revert vm1 end
	same running "$(state_of vm1)"
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	ok D suspend vm1
	ok D snapshot-create-as vm1 still --halt --no-metadata
	same 'shut off' "$(state_of vm1)"
	same 'cold end still' "$(tags "$(disk)")"
	# One that would be gone with all its records is not ended.
	ok D snapshot-revert vm1 end
	ok D undefine vm1
	refused "$invalid cannot halt after transient domain snapshot" D snapshot-create-as vm1 no --halt
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "--validate: what nobody knows is refused, before anything is done" {
	off vm1
	ok D snapshot-create vm1 --validate
	ok D snapshot-create vm1 --validate /dev/stdin \
		<<<"<domainsnapshot><name>a</name><description>b</description><memory snapshot='no'/>
		<disks><disk name='vda' snapshot='internal'/></disks></domainsnapshot>"
	for inner in '<surprise/>' '<state>running</state>' "<memory colour='red'/>" '<disks><disc/></disks>' \
		"<disks><disk name='vda'><source path='/x'/></disk></disks>" "<x:y xmlns:x='urn:x'/>"; do
		refused "is not known in a snapshot's XML" D snapshot-create vm1 --validate /dev/stdin \
			<<<"<domainsnapshot><name>n</name>$inner</domainsnapshot>"
	done
	has "element 'x:y'" "$stderr"
	ok D snapshot-dumpxml vm1 a
	ok D snapshot-create vm1 --redefine --validate /dev/stdin <<<"$output"
	ok D snapshot-create-as vm1 z --validate
	same_pairs
}

@test "names that are refused, before anything is done" {
	off vm1
	for name in .hidden . .. a/b /abs ../x $'new\nline' $'tab\there' $'\e[31m' $'\x7f' $'c1\u0085' \
		$'bidi\u202e' $'zero\u200bwidth' $'bom\ufeff' '   '; do
		refused 'error: XML error:' D snapshot-create-as vm1 "$name"
		has_not $'\e' "$stderr"
	done
	for name in $'bad\xff' $'over\xc0\xaflong' $'half\xed\xa0\x80'; do
		refused 'error: ' D snapshot-create-as vm1 "$name"
	done
	refused 'Option argument is empty' D snapshot-create-as vm1 ''
	refused "the snapshot's name is too long" D snapshot-create-as vm1 "$(printf '%0300d' 0)"
	refused "the snapshot's name is too long" D snapshot-create-as vm1 "$(printf '~%.0s' {1..80})"
	for name in 1 42 999999999; do
		refused "$unsupported internal snapshot name '$name' would be taken for a number of another one" \
			D snapshot-create-as vm1 "$name"
	done
	same "" "$(tags "$(disk)")"
}

@test "names that are accepted come back as they are, from the list, the image and the record" {
	off vm1
	local names=('with blanks' '-dash' --double 'grüße' $'e\u0301' $'\u00e9' '<&"'\' 'a,b=c' 'back\slash'
		'%s%n' '$(touch x)' ';ls' '~' 'mid~dle' '100%' '%41' current base.xml lock '0' '007'
		1234567890 "$(printf 'x%.0s' {1..216})" A a CON "'quoted'")
	for name in "${names[@]}"; do
		ok D snapshot-create-as vm1 --name "$name"
	done
	same "$(printf '%s\n' "${names[@]}" | LC_ALL=C sort)" "$(D -q snapshot-list vm1 --name | LC_ALL=C sort)"
	same "$(printf '%s\n' "${names[@]}" | jq -R . | jq -cs 'sort')" \
		"$(qemu-img info -U --output=json "$(disk)" | jq -c '[.snapshots[].name] | sort')"
	for name in "${names[@]}"; do
		same "$name" "$(D -q --json snapshot-list vm1 | jq -r --arg n "$name" '.[] | select(.name == $n).name')"
		ok D snapshot-delete vm1 --snapshotname "$name"
	done
	same "" "$(tags "$(disk)")"
	same "" "$(names)"
}

@test "an existing name is refused, with or without its record" {
	off vm1
	ok D snapshot-create-as vm1 base
	refused 'error: operation failed: domain snapshot base already exists' D snapshot-create-as vm1 base
	ok D snapshot-delete vm1 base --metadata
	refused "an image already contains a snapshot 'base' without a record" D snapshot-create-as vm1 base
}

@test "what cannot be internal is refused: raw, no disks, external, left out" {
	define none
	refused "$unsupported internal snapshots need at least one writable disk" D snapshot-create-as none s1
	qemu-img create -q -f raw "$BATS_TEST_TMPDIR/raw.img" 4M
	make_disk "$(disk)"
	tiny_xml vm1 "$(disk)" "$BATS_TEST_TMPDIR/raw.img" | awk '/raw.img/ { raw = 1 } { line[NR] = $0 }
		END { for (i = 1; i <= NR; i++) { if (raw && line[i + 1] ~ /raw.img/) sub(/qcow2/, "raw", line[i]); print line[i] } }' \
		>"$BATS_TEST_TMPDIR/vm1.xml"
	ok D define "$BATS_TEST_TMPDIR/vm1.xml"
	refused "$unsupported internal snapshots need qcow2 disks; disk 'vdb' is raw" D snapshot-create-as vm1 s1
	same "" "$(tags "$(disk)")"
	off vm2
	refused "$unsupported an internal snapshot takes all writable disks; disk 'vda' is left out" \
		D snapshot-create-as vm2 s1 --diskspec vda,snapshot=no
	refused "$unsupported external snapshots are not supported by this build" \
		D snapshot-create-as vm2 s1 --disk-only
	refused "$unsupported external snapshots are not supported by this build" \
		D snapshot-create-as vm2 s1 --diskspec vda,snapshot=external
	refused "$unsupported external snapshots are not supported by this build" \
		D snapshot-create-as vm2 s1 --memspec "file=$BATS_TEST_TMPDIR/mem"
	is_gone "$BATS_TEST_TMPDIR/mem"
	for option in --live --quiesce; do
		refused "${option#--}" D snapshot-create-as vm2 s1 "$option"
	done
	same "" "$(tags "$(disk vm2)")"
}

@test "a second disk that is missing, locked or unfit leaves the first as it was" {
	make_disk "$BATS_TEST_TMPDIR/a.qcow2"
	make_disk "$BATS_TEST_TMPDIR/b.qcow2"
	define vm1 "$BATS_TEST_TMPDIR"/{a,b}.qcow2
	mv "$BATS_TEST_TMPDIR/b.qcow2" "$BATS_TEST_TMPDIR/away"
	refused b.qcow2 D snapshot-create-as vm1 s1
	qemu-img create -q -f raw "$BATS_TEST_TMPDIR/b.qcow2" 4M
	refused b.qcow2 D snapshot-create-as vm1 s1
	mv "$BATS_TEST_TMPDIR/away" "$BATS_TEST_TMPDIR/b.qcow2"
	define vm2 "$BATS_TEST_TMPDIR/b.qcow2"
	ok D start vm2
	left_over_is_fine
	refused 'b.qcow2' D snapshot-create-as vm1 s1
	has "is in use by another QEMU process, that of domain 'vm2'" "$stderr"
	ok D destroy vm2
	same ' ' "$(tags "$BATS_TEST_TMPDIR/a.qcow2") $(tags "$BATS_TEST_TMPDIR/b.qcow2")"
	same "" "$(names)"
	is_gone "$(dom vm1)/intent"
	ok D snapshot-create-as vm1 s1
	ok qemu-img check -q "$BATS_TEST_TMPDIR/a.qcow2"
}

@test "defect 11: a second disk that is full leaves no tag on the first, and no record" {
	make_disk "$BATS_TEST_TMPDIR/a.qcow2"
	qemu-img create -q -f qcow2 -o preallocation=full "$BATS_TEST_TMPDIR/b.qcow2" 8M
	define vm1 "$BATS_TEST_TMPDIR"/{a,b}.qcow2
	ok D snapshot-create-as vm1 fits
	left_over_is_fine
	# 2 MiB are enough for all but the second disk.
	full()
	{
		(ulimit -f 2048 && D snapshot-create-as vm1 s1)
	}
	capture full
	test "$status" -ne 0
	has b.qcow2 "$stderr" || has 'File too large' "$stderr"
	ok D autostart vm1
	same 'fits fits' "$(tags "$BATS_TEST_TMPDIR/a.qcow2") $(tags "$BATS_TEST_TMPDIR/b.qcow2")"
	same fits "$(names)"
	is_gone "$(dom vm1)/intent"
	ok qemu-img check -q "$BATS_TEST_TMPDIR/a.qcow2"
	ok D snapshot-create-as vm1 s1
	same 'fits s1 fits s1' "$(tags "$BATS_TEST_TMPDIR/a.qcow2") $(tags "$BATS_TEST_TMPDIR/b.qcow2")"
}

@test "no snapshot and no revert while checkpoints exist, off or running" {
	off vm1
	ok D snapshot-create-as vm1 a
	mkdir -m 700 "$(dom vm1)/checkpoints"
	echo '<domaincheckpoint><name>c1</name></domaincheckpoint>' >"$(dom vm1)/checkpoints/c1.xml"
	refused "$invalid cannot create snapshot while checkpoints exist" D snapshot-create-as vm1 b
	refused 'records changes for a checkpoint' D snapshot-revert vm1 a
	refused 'records changes for a checkpoint' D snapshot-revert vm1 a --keep b
	ok D start vm1
	refused "$invalid cannot create snapshot while checkpoints exist" D snapshot-create-as vm1 b
	ok D destroy vm1
	same a "$(tags "$(disk)")"
}

# --- list, tree, current ----------------------------------------------------------------------

# family: a ─ b ─ c, a ─ d, e apart; e current. By records only.
family()
{
	off vm1
	for name in a b c d e; do
		ok D snapshot-create-as vm1 $name
	done
	ok D snapshot-dumpxml vm1 d
	ok D snapshot-create vm1 /dev/stdin --redefine \
		<<<"$(sed '/<parent>/,/<\/parent>/s|<name>c</name>|<name>a</name>|' <<<"$output")"
	ok D snapshot-dumpxml vm1 e
	ok D snapshot-create vm1 /dev/stdin --redefine <<<"$(sed '/<parent>/,/<\/parent>/d' <<<"$output")"
}

list()
{
	D -q snapshot-list vm1 --name "$@" | paste -sd ' '
}

@test "lists, filters and the tree" {
	family
	same 'a b c d e' "$(list)"
	same 'a e' "$(list --roots)"
	same 'c d e' "$(list --leaves)"
	same 'a b' "$(list --no-leaves)"
	same 'a b c d e' "$(list --leaves --no-leaves)"
	same 'a b c d e' "$(list --metadata)"
	same '' "$(list --no-metadata)"
	same 'a b c d e' "$(list --inactive)"
	same '' "$(list --active)"
	same 'a b c d e' "$(list --internal)"
	same '' "$(list --external)"
	same '' "$(list --disk-only)"
	same 'b d' "$(list --from a)"
	same 'b c d' "$(list --from a --descendants)"
	same '' "$(list --current)"
	same $'b a\nc b\nd a' "$(D -q snapshot-list vm1 --name --parent --from a --descendants | sed 's/  */ /g; s/^ //; s/ $//')"
	same $'a\n  |\n  +- b\n  |   |\n  |   +- c\n  |     \n  +- d\n    \n\ne' "$(D -q snapshot-list vm1 --tree | sed 's/[ ]*$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}')" ||
		same 'a b c d e' "$(D -q snapshot-list vm1 --tree | grep -o '[a-e]$' | paste -sd ' ')"
	same e "$(current)"
	for pair in '--tree --name' '--tree --parent' '--tree --roots' '--roots --from a' '--roots --current' \
		'--from a --current' '--parent --roots' '--tree --leaves' '--descendants'; do
		# shellcheck disable=SC2086
		refused error: D snapshot-list vm1 $pair
	done
}

@test "what a list tells of each, also of one that cannot be read" {
	family
	echo torn >"$(dom vm1)/snapshots/x.xml"
	same '["a","internal",false,2,"shutoff",null] ["b","internal",false,1,"shutoff","a"] ["c","internal",false,0,"shutoff","b"] ["d","internal",false,0,"shutoff","a"] ["e","internal",true,0,"shutoff",null] ["x",null,false,0,null,null]' \
		"$(D --json snapshot-list vm1 | jq -c '.[] | [.name, .location, .current, .children, .state, .parent]' | paste -sd ' ')"
	same 'a 2 3' "$(D --json snapshot-info vm1 a | jq -r '[.name, .children, .descendants] | join(" ")')"
	has 'State:          unknown' "$(D snapshot-info vm1 x)"
}

@test "current: choose it, and none" {
	off vm1
	refused "domain 'vm1' has no current snapshot" D snapshot-current vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	ok D snapshot-current vm1 a
	same a "$(current)"
	has '<name>a</name>' "$(D snapshot-current vm1)"
	ok D snapshot-create-as vm1 c
	same a "$(parent_of c)"
	refused "no domain snapshot with matching name 'nope'" D snapshot-current vm1 nope
	same c "$(current)"
}

@test "an unknown snapshot is refused by every command that takes one" {
	off vm1
	for command in snapshot-dumpxml snapshot-info snapshot-parent snapshot-delete snapshot-revert; do
		refused "no domain snapshot with matching name 'nope'" D $command vm1 nope
	done
	refused 'error:' D snapshot-revert vm1 --current
	refused 'error:' D snapshot-delete vm1 --current
}

@test "a record that cannot be read is listed, and only forgetting it is allowed" {
	off vm1
	ok D snapshot-create-as vm1 good
	echo '<domainsnapshot><name>' >"$(dom vm1)/snapshots/torn.xml"
	same 'good torn' "$(names)"
	refused "the record of snapshot 'torn' cannot be read" D snapshot-delete vm1 torn
	refused "the record of snapshot 'torn' cannot be read" D snapshot-revert vm1 torn
	ok D snapshot-delete vm1 torn --metadata
	same good "$(names)"
	is_there "$(echo "$(dom vm1)"/old/*~snapshot-torn)"
}

# --- redefine ---------------------------------------------------------------------------------

@test "redefine: dumped, forgotten and put back exactly" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	D snapshot-dumpxml vm1 a --security-info >"$BATS_TEST_TMPDIR/a.xml"
	record=$(<"$(dom vm1)/snapshots/a.xml")
	ok D snapshot-delete vm1 a --metadata
	same b "$(names)"
	ok D snapshot-create vm1 "$BATS_TEST_TMPDIR/a.xml" --redefine
	same "$record" "$(<"$(dom vm1)/snapshots/a.xml")"
	same b "$(current)"
	ok D snapshot-create vm1 "$BATS_TEST_TMPDIR/a.xml" --redefine --current
	same a "$(current)"
	same_pairs
}

# redefined SED-EXPRESSION: a's record, edited.
redefined()
{
	D snapshot-dumpxml vm1 a | sed "$1"
}

@test "redefine: what may change, and what a name may be" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	live=$(redefined "0,/<name>/s/>a</>live</; s|>shutoff<|>running<|; s|<memory snapshot='no'|<memory snapshot='internal'|")
	ok D snapshot-create vm1 --redefine /dev/stdin <<<"$live"
	same b "$(current)"
	ok D snapshot-create vm1 --redefine /dev/stdin <<<"${live/>running</>paused<}"
	has '<state>paused</state>' "$(D snapshot-dumpxml vm1 live)"
	refused 'cannot change what kind of snapshot' D snapshot-create vm1 --redefine /dev/stdin \
		<<<"$(sed "s|>running<|>disk-snapshot<|; /<memory/d" <<<"$live")"
	ok D snapshot-create vm1 --redefine /dev/stdin <<<"${live/<\/state>/<\/state><parent><name>b<\/name><\/parent>}"
	same b "$(parent_of live)"
	for name in .hidden ../x 'a/b' '&#x202e;x' '&#x7f;' ' '; do
		refused 'error: XML error:' D snapshot-create vm1 --redefine /dev/stdin \
			<<<"$(redefined "0,/>a</s|>a<|>${name//&/\\&}<|")"
	done
	# To be chosen leaves nothing in old/: the record is what it was.
	before=$(ls "$(dom vm1)/old")
	ok D snapshot-current vm1 a
	ok D snapshot-current vm1 b
	same "$before" "$(ls "$(dom vm1)/old")"
	same b "$(current)"
}

@test "redefine: a loop that is made behind our back is listed, and can be deleted" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	a=$(D snapshot-dumpxml vm1 a)
	rm "$(dom vm1)/snapshots/a.xml"
	ok D snapshot-create vm1 --redefine /dev/stdin \
		<<<"${a/<\/state>/<\/state><parent><name>b<\/name><\/parent>}"
	same $'a\nb' "$(timeout 20 "$DOMSH" -q -c "$URI" snapshot-list vm1 --name)"
	ok timeout 20 "$DOMSH" -c "$URI" snapshot-delete vm1 a --children --metadata
	same "" "$(D -q snapshot-list vm1 --name)"
}

@test "redefine: what is refused" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	refused 'error: XML error: missing name' D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined '0,/<name>/{/<name>/d}')"
	refused 'error: XML error: missing state' D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined '/<state>/d')"
	refused "$unsupported invalid state 'asleep'" D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined 's/shutoff/asleep/')"
	refused 'missing creationTime' D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined '/creationTime/d')"
	refused 'creationTime' D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined 's/<creationTime>/<creationTime>x/')"
	parent='s|</state>|</state><parent><name>P</name></parent>|'
	refused "error: invalid argument: parent 'nope' for snapshot 'a' not found" \
		D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined "${parent/P/nope}")"
	refused "error: invalid argument: snapshot 'a' cannot be its own parent" \
		D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined "${parent/P/a}")"
	refused "error: invalid argument: parent 'b' would create cycle to 'a'" \
		D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined "${parent/P/b}")"
	refused 'must use uuid' D snapshot-create vm1 --redefine /dev/stdin \
		<<<"$(redefined 's|<uuid>.*</uuid>|<uuid>11111111-2222-3333-4444-555555555555</uuid>|')"
	refused 'error: invalid argument: a redefinition cannot change what kind of snapshot' \
		D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined "s|>shutoff<|>running<|; s|<memory snapshot='no'|<memory snapshot='internal'|")"
	refused "$unsupported the redefinition describes another machine" \
		D snapshot-create vm1 --redefine /dev/stdin <<<"$(redefined "s|<memory unit='MiB'>32|<memory unit='MiB'>64|")"
	refused 'missing domain in snapshot redefinition' D snapshot-create vm1 --redefine /dev/stdin \
		<<<"<domainsnapshot><name>new</name><state>shutoff</state><creationTime>1</creationTime></domainsnapshot>"
	refused error: D snapshot-create vm1 --redefine
	refused error: D snapshot-create vm1 --current
	ok D snapshot-create vm1 --redefine /dev/stdin \
		<<<"<domainsnapshot><name>a</name><description>edited</description><state>shutoff</state><creationTime>1</creationTime></domainsnapshot>"
	has edited "$(D snapshot-dumpxml vm1 a)"
	has '<domain ' "$(D snapshot-dumpxml vm1 a)"
}

# --- delete -----------------------------------------------------------------------------------

@test "delete: leaf, middle and root; children go to the grandparent, current to the parent" {
	family
	ok D snapshot-delete vm1 b
	same 'Domain snapshot b deleted' "${output%$'\n'}"
	same a "$(parent_of c)"
	ok D snapshot-current vm1 c
	ok D snapshot-delete vm1 c
	same a "$(current)"
	ok D snapshot-delete vm1 --current
	refused "has no current snapshot" D snapshot-current vm1
	refused "snapshot 'd' has no parent" D snapshot-parent vm1 d
	same 'd e' "$(names)"
	same_pairs
	ok qemu-img check -q "$(disk)"
}

@test "delete with children, and children only" {
	family
	ok D snapshot-current vm1 c
	ok D snapshot-delete vm1 b --children-only
	same 'Domain snapshot b children deleted' "${output%$'\n'}"
	same 'a b d e' "$(names)"
	same b "$(current)"
	ok D snapshot-delete vm1 b --children-only
	ok D snapshot-delete vm1 a --children
	same e "$(names)"
	refused "has no current snapshot" D snapshot-current vm1
	same_pairs
	refused error: D snapshot-delete vm1 e --children --children-only
}

@test "delete --metadata forgets records, the images keep the data, and they come back" {
	family
	ok D snapshot-delete vm1 a --metadata --children
	same e "$(names)"
	same 'a b c d e' "$(tags "$(disk)")"
	id=$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~snapshot-a")).id')
	ok D trash-restore "$id"
	same 'a e' "$(names)"
}

@test "delete --dry-run: what goes permanently, what stays, and the same refusals" {
	family
	before=$(store_hash "$ROOT") images=$(sha256sum "$(disk)")
	ok D snapshot-delete vm1 b --dry-run
	has "snapshot 'b' $(disk) - removed permanently" "$(tr -s ' ' <<<"$output")"
	has "snapshot 'c', below 'a' then" "$output"
	has_not "'d'" "$output"
	ok D snapshot-delete vm1 a --dry-run --children
	same 4 "$(grep -c 'removed permanently' <<<"$output")"
	ok D snapshot-delete vm1 a --dry-run --metadata
	has "record of snapshot 'a'" "$(grep 'old/' <<<"$output")"
	has "data of snapshot 'a'" "$(grep stays <<<"$output")"
	same "true null permanent snapshot 'b'" \
		"$(D --json snapshot-delete vm1 b --dry-run | jq -r '"\(.dry_run) \(.done) \(.plan[0].fate) \(.plan[0].what)"')"
	qemu-img snapshot -d b "$(disk)"
	refused "$invalid snapshot 'b' is not whole in the images" D snapshot-delete vm1 b --dry-run
	qemu-img snapshot -d a "$(disk)"
	refused 'read only access' D -r snapshot-delete vm1 c --dry-run
	same "$before" "$(store_hash "$ROOT")"
	test "$images" != "$(sha256sum "$(disk)")"
}

@test "delete while it runs; the guest does not notice" {
	define_guest vm1
	ok D snapshot-create-as vm1 cold
	ok D start vm1
	ok D snapshot-create-as vm1 warm
	guest_ask vm1 w
	ok D snapshot-delete vm1 cold
	ok D snapshot-delete vm1 warm
	same "" "$(tags "$(disk)")"
	same running "$(state_of vm1)"
	guest_ask vm1 i
	ok D destroy vm1
}

@test "delete: a tag that is missing is told, and only the record can be forgotten" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	qemu-img snapshot -d a "$(disk)"
	refused "$invalid snapshot 'a' is not whole in the images" D snapshot-delete vm1 a
	refused "$invalid snapshot 'a' is not whole in the images" D snapshot-delete vm1 a --children
	has --metadata "$stderr"
	refused "$invalid snapshot 'a' is not whole in the images" D snapshot-revert vm1 a
	ok D snapshot-delete vm1 a --metadata
	same_pairs
	same b "$(current)"
}

@test "delete and revert: protection, external kinds" {
	off vm1
	ok D snapshot-create-as vm1 a
	touch "$(dom vm1)/protected"
	refused 'domain is protected against deletion' D snapshot-delete vm1 a
	rm "$(dom vm1)/protected"
	sed "s|snapshot='internal'/>|snapshot='external' type='file'><driver type='qcow2'/><source file='/x.a'/></disk>|; s|>a<|>ext<|; s|<disk name='vda' snapshot='external' type='file'>|&|" \
		"$(dom vm1)/snapshots/a.xml" >"$(dom vm1)/snapshots/ext.xml"
	same 'a ext' "$(names)"
	same ext "$(list --external)"
	refused "$unsupported snapshot 'ext' is external" D snapshot-delete vm1 ext
	refused "$unsupported snapshot 'ext' is external" D snapshot-revert vm1 ext
	refused 'snapshots of external kind' D undefine vm1 --snapshots-metadata
	ok D snapshot-delete vm1 ext --metadata
	ok D undefine vm1 --snapshots-metadata
}

@test "records in libvirt's own words are understood" {
	off vm1
	qemu-img snapshot -c old "$(disk)"
	mkdir -m 700 "$(dom vm1)/snapshots"
	cat >"$(dom vm1)/snapshots/old.xml" <<-XML
		<!--
		WARNING: THIS IS AN AUTO-GENERATED FILE.
		-->

		<domainsnapshot>
		  <name>old</name>
		  <state>shutoff</state>
		  <creationTime>1600000000</creationTime>
		  <memory snapshot='no'/>
		  <disks>
		    <disk name='vda' snapshot='internal'/>
		  </disks>
		$(D -q dumpxml vm1)
		  <cookie>
		    <slirpHelper/>
		  </cookie>
		  <active>1</active>
		</domainsnapshot>
	XML
	same old "$(names)"
	has 2020-09-13 "$(TZ=UTC D snapshot-list vm1)"
	put 1
	ok D snapshot-revert vm1 old
	at 0
	ok D snapshot-delete vm1 old
	same_pairs
}

@test "nothing is left of a snapshot that failed half way, and all of one that did not" {
	off vm1
	for ((n = 1; n < 100; n++)); do
		DOMSH_FAULT=eio:$n capture D snapshot-create-as vm1 "s$n"
		case $stderr in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
		made=$status
		# The next writer finishes or takes back.
		ok D autostart vm1
		same_pairs
		test "$made" != 0 || has "s$n" "$(names)"
	done
	test "$n" -gt 10 -a "$n" -lt 100
	ok qemu-img check -q "$(disk)"
}
