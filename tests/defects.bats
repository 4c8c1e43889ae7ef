# SPDX-License-Identifier: LGPL-2.1-or-later
# Defects of libvirt 9.0.0 that must be impossible here, by their numbers in the list that the rules
# were made from; README has it, and says where each is tested.

load helpers

invalid='error: Requested operation is not valid:'

off()
{
	make_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

tags()
{
	qemu-img info -U --output=json "$1" | jq -r '.snapshots // [] | map(.name) | sort | join(" ")'
}

names()
{
	D -q snapshot-list vm1 --name | paste -sd ' '
}

checkpoint()
{
	mkdir -p -m 700 "$(dom "$1")/checkpoints"
	echo '<domaincheckpoint><name>c1</name></domaincheckpoint>' >"$(dom "$1")/checkpoints/c1.xml"
}

@test "defect 01: a refused undefine has deleted neither records nor the managed save image" {
	define_guest vm1
	ok D snapshot-create-as vm1 base
	ok D start vm1
	ok D managedsave vm1
	checkpoint vm1
	# Each of these names some of what is in the way; `refused` compares every byte.
	refused "$invalid" D undefine vm1 --snapshots-metadata
	refused "$invalid" D undefine vm1 --managed-save
	refused "$invalid" D undefine vm1 --snapshots-metadata --checkpoints-metadata
	refused "$invalid" D undefine vm1 --managed-save --checkpoints-metadata
	refused "$invalid" D undefine vm1 --managed-save --snapshots-metadata
	ok D start vm1
	guest_ask vm1 i
	ok D destroy vm1
}

@test "defect 02: --keep-nvram does not get past the checkpoint guard" {
	define vm1
	checkpoint vm1
	echo variables >"$(dom vm1)/nvram.fd"
	for option in --keep-nvram --nvram --keep-tpm --tpm --snapshots-metadata --managed-save; do
		refused 'cannot delete inactive domain with 1 checkpoints' D undefine vm1 $option
	done
	ok D undefine vm1 --keep-nvram --checkpoints-metadata
}

@test "defect 03: TPM state is never deleted without a word" {
	define vm1
	mkdir -m 700 "$(dom vm1)/tpm"
	echo secret >"$(dom vm1)/tpm/state"
	ok D undefine vm1
	# Whoever was not told before can take it back.
	ok D trash-restore vm1
	same secret "$(<"$(dom vm1)/tpm/state")"
	ok D undefine vm1 --dry-run
	has 'TPM state' "$output"
	ok D undefine vm1 --purge --dry-run
	same permanently "$(sed -n 's/^ TPM state .* //p' <<<"$output")"
}

@test "defect 04: a stray word after the domain deletes no disk" {
	off vm1
	sum=$(sha256sum <"$BATS_TEST_TMPDIR/vm1.qcow2")
	refused "failed to get domain 'vda'" D undefine vm1 vda
	refused "failed to get domain 'vda'" D undefine vm1 vda --snapshots-metadata
	refused "failed to get domain '$BATS_TEST_TMPDIR/vm1.qcow2'" D undefine vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	# Even where a domain is called so.
	define vda
	ok D undefine vm1 vda
	same "$sum" "$(sha256sum <"$BATS_TEST_TMPDIR/vm1.qcow2")"
}

@test "defect 05: children two levels deep are deleted whole, or not at all" {
	off vm1
	for name in a b c d e; do
		ok D snapshot-create-as vm1 $name
	done
	# One tag in the depth is missing: then nothing goes.
	qemu-img snapshot -d e "$BATS_TEST_TMPDIR/vm1.qcow2"
	refused "snapshot 'e' is not whole in the images" D snapshot-delete vm1 b --children
	refused "snapshot 'e' is not whole in the images" D snapshot-delete vm1 b --children-only
	same 'a b c d' "$(tags "$BATS_TEST_TMPDIR/vm1.qcow2")"
	qemu-img snapshot -c e "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D snapshot-delete vm1 b --children
	same a "$(names)"
	same a "$(tags "$BATS_TEST_TMPDIR/vm1.qcow2")"
	same a "$(D -q snapshot-current vm1 --name)"
}

@test "defect 05: a delete of a tree that was killed in the middle is finished by the next command" {
	off vm1
	for ((n = 5; n < 60; n += 7)); do
		for name in a b c d; do
			ok D snapshot-create-as vm1 $name
		done
		DOMSH_FAULT=crash:$n capture D snapshot-delete vm1 b --children
		ok D autostart vm1
		same "$(names)" "$(tags "$BATS_TEST_TMPDIR/vm1.qcow2")"
		case $(names) in
		a | 'a b c d') ;;
		*) failing "half a tree is left by a kill at point $n: $(names)" D snapshot-delete ;;
		esac
		ok D snapshot-delete vm1 a --children
	done
}

@test "defect 06: a redefine that fails keeps the record that is there" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	record=$(<"$(dom vm1)/snapshots/b.xml")
	refused error: D snapshot-create vm1 --redefine /dev/stdin <<<"${record/<name>a</<name>b<}"
	refused error: D snapshot-create vm1 --redefine /dev/stdin <<<"${record/shutoff/disk-snapshot}"
	refused error: D snapshot-create vm1 --redefine /dev/stdin <<<"${record%</domainsnapshot>}"
	for ((n = 1; n < 40; n++)); do
		DOMSH_FAULT=eio:$n capture D snapshot-create vm1 --redefine /dev/stdin \
			<<<"${record/<state>/<description>$n<\/description><state>}"
		case $stderr in *'DOMSH_FAULT fired'*) ;; *) break ;; esac
		same 'a b' "$(names)"
		has '<domain ' "$(D snapshot-dumpxml vm1 b)"
	done
	test "$n" -gt 5
}

@test "defect 07: define over a running transient domain keeps its records" {
	define_guest vm1
	ok D snapshot-create-as vm1 cold
	ok D start vm1
	ok D snapshot-create-as vm1 warm
	checkpoint vm1
	xml=$(D -q dumpxml vm1 --inactive)
	ok D undefine vm1
	before=$(cd "$(dom vm1)" && sha256sum snapshots/*.xml checkpoints/*.xml)
	ok D define /dev/stdin <<<"$xml"
	same "$before" "$(cd "$(dom vm1)" && sha256sum snapshots/*.xml checkpoints/*.xml)"
	same warm "$(D -q snapshot-current vm1 --name)"
	ok D destroy vm1
	same 'cold warm' "$(names)"
	is_there "$(dom vm1)/checkpoints/c1.xml"
}

@test "defect 08: a rename takes checkpoints and all else along" {
	off vm1
	ok D snapshot-create-as vm1 base
	ok D autostart vm1
	checkpoint vm1
	echo variables >"$(dom vm1)/nvram.fd"
	before=$(cd "$(dom vm1)" && sha256sum snapshots/*.xml checkpoints/*.xml nvram.fd)
	ok D domrename vm1 vm2
	same "$before" "$(cd "$(dom vm2)" && sha256sum snapshots/*.xml checkpoints/*.xml nvram.fd)"
	is_there "$(dom vm2)/autostart"
	is_gone "$(dom vm1)"
	same base "$(D -q snapshot-current vm2 --name)"
}

@test "defect 10: an external snapshot, after which a guest could boot the base, is refused" {
	define_guest vm1
	ok D start vm1
	capture D snapshot-create-as vm1 s1 --disk-only
	same 1 "$status"
	has 'external snapshots are not supported by this build' "$stderr"
	has_not s1 "$(D -q dumpxml vm1)"
	ok D destroy vm1
	same "$BATS_TEST_TMPDIR/vm1.qcow2" "$(ls "$BATS_TEST_TMPDIR"/*.qcow2 "$BATS_TEST_TMPDIR"/*.s1 2>/dev/null)"
}

@test "defect 11: a failed snapshot leaves nothing in the image, whatever its name" {
	define_guest vm1
	long=$(printf 'n%.0s' {1..221})
	refused "the snapshot's name is too long" D snapshot-create-as vm1 "$long"
	refused "the snapshot's name is too long" D snapshot-create-as vm1 "$(printf '.%%%.0s' {1..80} | tail -c +2)"
	ok D start vm1
	capture D snapshot-create-as vm1 "$long"
	same 1 "$status"
	for n in 3 6 9 12 15 18; do
		DOMSH_FAULT=eio:$n capture D snapshot-create-as vm1 live
		if test "$status" = 0; then
			ok D snapshot-delete vm1 live
		fi
		ok D autostart vm1
		same "" "$(names)"
		same "" "$(tags "$BATS_TEST_TMPDIR/vm1.qcow2")"
		same running "$(state_of vm1)"
	done
	ok D destroy vm1
	same "" "$(tags "$BATS_TEST_TMPDIR/vm1.qcow2")"
}

@test "defect 12: a managed save image is not resumed over changed disks" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	ok D managedsave vm1
	sed 's/vm1/vm2/' "$BATS_TEST_TMPDIR/vm1.xml" >"$BATS_TEST_TMPDIR/vm2.xml"
	sed -i 's/vm1.serial/vm2.serial/' "$BATS_TEST_TMPDIR/vm2.xml"
	sed -i "s|vm2.qcow2|vm1.qcow2|" "$BATS_TEST_TMPDIR/vm2.xml"
	ok D define "$BATS_TEST_TMPDIR/vm2.xml"
	# Another guest runs on the same disk in between.
	ok D start vm2
	guest_ask vm2 w
	ok D destroy vm2
	refused 'disks were changed since the managed save' D start vm1
}

@test "defect 13: a save image that cannot be read is kept and told" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	: >"$(dom vm1)/managed-save"
	refused 'the managed save image cannot be used' D start vm1
	ok D start vm1 --force-boot
	is_there "$(echo "$(dom vm1)"/old/*~managed-save)"
	ok D destroy vm1
}

@test "defect 14: --autodestroy counts when a managed save is resumed, too" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 i
	ok D managedsave vm1
	ok D 'start vm1 --autodestroy; domstate vm1 --reason'
	has 'running (restored)' "$output"
	wait_for 'test ! -e "$(dom vm1)/run"'
	same 'shut off (destroyed)' "$(D -q domstate vm1 --reason)"
	is_gone "$(dom vm1)/managed-save"
}

@test "defect 15: save goes neither onto a disk nor over a file of somebody else" {
	define_guest vm1
	off vm2
	echo precious >"$BATS_TEST_TMPDIR/file"
	ok D start vm1
	sum=$(sha256sum "$BATS_TEST_TMPDIR"/vm2.qcow2 "$BATS_TEST_TMPDIR/file")
	refused "domain 'vm1' names it as a disk" D save vm1 "$BATS_TEST_TMPDIR/vm1.qcow2" --overwrite
	refused "domain 'vm2' names it as a disk" D save vm1 "$BATS_TEST_TMPDIR/vm2.qcow2" --overwrite
	refused 'exists and is no saved memory of this domain' D save vm1 "$BATS_TEST_TMPDIR/file"
	same "$sum" "$(sha256sum "$BATS_TEST_TMPDIR"/vm2.qcow2 "$BATS_TEST_TMPDIR/file")"
	same running "$(state_of vm1)"
	guest_ask vm1 i
	ok D destroy vm1
}

@test "defect 16: no storage option deletes a disk" {
	off vm1
	for option in --remove-all-storage '--storage vda' --wipe-storage --delete-storage-volume-snapshots; do
		# shellcheck disable=SC2086
		refused error: D undefine vm1 $option
		# shellcheck disable=SC2086
		refused error: D undefine vm1 --remove-all-storage $option
	done
	ok D undefine vm1 --all-state --purge
	is_there "$BATS_TEST_TMPDIR/vm1.qcow2"
}

@test "defect 17: an edit that is refused ends where nobody can be asked; a save that is over at once too" {
	local command
	export TMPDIR=$BATS_TEST_TMPDIR EDITOR='sed -i s/[KM]iB/bananas/'
	define_guest vm1
	ok D start vm1
	ok D save vm1 "$BATS_TEST_TMPDIR/file"
	ok D restore "$BATS_TEST_TMPDIR/file"
	ok D managedsave vm1
	for command in 'edit vm1' 'managedsave-edit vm1' "save-image-edit $BATS_TEST_TMPDIR/file"; do
		# shellcheck disable=SC2086
		refused 'The edited text is kept in' timeout 10 "$DOMSH" -c "$URI" $command </dev/null
	done
	for _ in 1 2 3 4 5; do
		ok timeout 10 "$DOMSH" -c test:///default "save test $BATS_TEST_TMPDIR/at-once; restore $BATS_TEST_TMPDIR/at-once;
			managedsave test; start test"
	done
}

@test "defect 18: --keep-nvram and --keep-tpm on a running domain hold at its end" {
	define_guest vm1
	uuid=$(D -q domuuid vm1)
	ok D start vm1
	echo variables >"$(dom vm1)/nvram.fd"
	mkdir -m 700 "$(dom vm1)/tpm"
	echo secret >"$(dom vm1)/tpm/state"
	ok D undefine vm1 --keep-nvram --keep-tpm
	same variables "$(<"$(dom vm1)/nvram.fd")"
	# Its own power off, which no command of ours sees.
	guest_ask vm1 p || true
	wait_for 'test -e "$ROOT/kept/$uuid/nvram.fd" -a -e "$ROOT/kept/$uuid/tpm/state" -a ! -e "$(dom vm1)"'
	same variables "$(<"$ROOT/kept/$uuid/nvram.fd")"
	same secret "$(<"$ROOT/kept/$uuid/tpm/state")"
}

@test "each defect has its test, and README says where" {
	local number file
	listed=$(sed -nE 's/^    ([0-9]{2})  ([a-z-]+\.bats) .*/\1 \2/p' "$here/README")
	same "$(seq -w 18)" "$(cut -d' ' -f1 <<<"$listed")"
	while read -r number file; do
		grep -q "^@test \"defect $number: " "$here/$file" || failing "no test of defect $number" "$file"
	done <<<"$listed"
	same "$(cut -d' ' -f1 <<<"$listed")" "$(grep -ho '^@test "defect [0-9]*' "$here"/*.bats | grep -o '[0-9]*' | sort -u)"
}
