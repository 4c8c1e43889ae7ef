# SPDX-License-Identifier: LGPL-2.1-or-later
# Going back to snapshots: disks, memory, configuration and firmware variables.

load helpers
load snapshots

@test "revert while off: disk and configuration as they were, the one before in old/" {
	off vm1
	put 1
	ok D snapshot-create-as vm1 a
	put 2
	ok D snapshot-create-as vm1 b
	put 3
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	ok D snapshot-revert vm1 a
	same 'Domain snapshot a reverted' "${output%$'\n'}"
	at 1
	same a "$(current)"
	same 'shut off' "$(state_of vm1)"
	has '<vcpu>1<' "$(D -q dumpxml vm1)"
	has '<vcpu>2<' "$(cat "$(dom vm1)"/old/*~config)"
	ok D snapshot-revert vm1 b
	at 2
	same_pairs
	ok qemu-img check -q "$(disk)"
	ok D snapshot-revert vm1 a --running
	same running "$(state_of vm1)"
	ok D destroy vm1
	ok D snapshot-revert vm1 a --paused
	same paused "$(state_of vm1)"
	ok D destroy vm1
}

@test "revert while off, two disks: both or none" {
	make_disk "$BATS_TEST_TMPDIR/a.qcow2"
	make_disk "$BATS_TEST_TMPDIR/b.qcow2"
	define vm1 "$BATS_TEST_TMPDIR"/{a,b}.qcow2
	ok D snapshot-create-as vm1 s1
	qemu-img snapshot -d s1 "$BATS_TEST_TMPDIR/b.qcow2"
	refused "$invalid snapshot 's1' is not whole in the images" D snapshot-revert vm1 s1
	ok D start vm1
	refused_running=$(D snapshot-revert vm1 s1 2>&1) && return 1
	has "snapshot 's1'" "$refused_running"
	ok D destroy vm1
}

@test "revert in place: memory and disk of the running guest, without a new process" {
	define_guest vm1
	ok D start vm1
	wait_for 'test $(guest_number mem "$(guest_ask vm1 i)") -ge 12' 15
	before=$(guest_number disk "$(guest_ask vm1 w)")
	ok D snapshot-create-as vm1 live
	pid=$(jq .pid "$(dom vm1)/run/state")
	wait_for 'test $(guest_number mem "$(guest_ask vm1 i)") -ge $((before + 20))' 15
	guest_ask vm1 w
	begun=${EPOCHREALTIME/[.,]/}
	ok D snapshot-revert vm1 live
	line=$(guest_ask vm1 i)
	# 18.2 ticks a second, and the machine may be slow.
	ticks=$(((${EPOCHREALTIME/[.,]/} - begun) * 182 / 10000000))
	same "$before" "$(guest_number disk "$line")"
	test "$(guest_number mem "$line")" -lt $((before + 15 + ticks))
	same "$pid" "$(jq .pid "$(dom vm1)/run/state")"
	same running "$(state_of vm1)"
	ok D snapshot-revert vm1 live --paused
	same paused "$(state_of vm1)"
	ok D snapshot-revert vm1 live
	same running "$(state_of vm1)"
	same_pairs
	ok D destroy vm1
	# Off, the same snapshot starts the guest.
	ok D snapshot-revert vm1 live
	same running "$(state_of vm1)"
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	same_pairs
	ok D destroy vm1
	ok D snapshot-revert vm1 live --paused
	same paused "$(state_of vm1)"
	ok D destroy vm1
	ok qemu-img check -q "$(disk)"
}

@test "revert of a paused snapshot is paused, unless told otherwise" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	ok D suspend vm1
	ok D snapshot-create-as vm1 still
	ok D resume vm1
	ok D snapshot-revert vm1 still
	same paused "$(state_of vm1)"
	ok D snapshot-revert vm1 still --running
	same running "$(state_of vm1)"
	guest_ask vm1 i
	refused error: D snapshot-revert vm1 still --running --paused
	ok D destroy vm1
}

@test "revert of a running guest to what cannot be loaded into it: it is given up first" {
	define_guest vm1
	ok D snapshot-create-as vm1 cold
	ok D start vm1
	before=$(guest_number disk "$(guest_ask vm1 w)")
	ok D snapshot-create-as vm1 warm
	pid=$(jq .pid "$(dom vm1)/run/state")
	ok D snapshot-revert vm1 cold
	same 'shut off' "$(state_of vm1)"
	same_pairs
	ok D snapshot-revert vm1 cold --running
	same 0 "$(guest_number disk "$(guest_ask vm1 i)")"
	ok D destroy vm1
	# Another machine than the recorded one.
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	ok D start vm1
	ok D snapshot-revert vm1 warm
	same running "$(state_of vm1)"
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	has '<vcpu>1<' "$(D -q dumpxml vm1)"
	has '<vcpu>1<' "$(D -q dumpxml vm1 --inactive)"
	test "$pid" != "$(jq .pid "$(dom vm1)/run/state")"
	same_pairs
	ok D destroy vm1
	ok qemu-img check -q "$(disk)"
}

@test "revert: a transient guest is not given up for a snapshot" {
	define_guest vm1
	ok D snapshot-create-as vm1 cold
	ok D start vm1
	ok D undefine vm1
	capture D snapshot-revert vm1 cold
	same 1 "$status"
	has 'a transient domain cannot be reverted to a snapshot made while off' "$stderr"
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "revert: a record without a domain needs --force" {
	off vm1
	put 1
	ok D snapshot-create-as vm1 a
	put 2
	sed -i '/<domain /,/<\/domain>/d' "$(dom vm1)/snapshots/a.xml"
	refused "snapshot 'a' lacks the domain configuration" D snapshot-revert vm1 a
	at 2
	ok D snapshot-revert vm1 a --force
	at 1
	is_there "$(dom vm1)/domain.xml"
}

# --- --keep and --dry-run -----------------------------------------------------------------------

@test "revert --dry-run: what is given up, what is kept, and the same refusals" {
	off vm1
	ok D snapshot-create-as vm1 a
	ok D snapshot-create-as vm1 b
	put 3
	sed -i 's/<creationTime>.*</<creationTime>'$(($(date +%s) - 3 * 3600 - 60))'</' "$(dom vm1)/snapshots/b.xml"
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/<vcpu>1</<vcpu>2<}"
	before=$(store_hash "$ROOT") image=$(sha256sum "$(disk)")
	ok D snapshot-revert vm1 a --dry-run
	has "disk 'vda': changes since 'b', 3 h $(disk) - removed permanently" "$(tr -s ' ' <<<"$output")"
	has "old/" "$(grep configuration <<<"$output")"
	ok D snapshot-revert vm1 a --keep now --dry-run
	has "snapshot 'now', taken first" "$output"
	has_not permanently "$output"
	same 'stays stays old' "$(D --json snapshot-revert vm1 a --keep now --dry-run | jq -r '[.plan[].fate] | join(" ")')"
	refused "domain snapshot b already exists" D snapshot-revert vm1 a --keep b --dry-run
	same "$before $image" "$(store_hash "$ROOT") $(sha256sum "$(disk)")"
	qemu-img snapshot -d a "$(disk)"
	refused "$invalid snapshot 'a' is not whole in the images" D snapshot-revert vm1 a --dry-run
}

@test "revert --keep while off: one plan, and the way back" {
	off vm1
	put 1
	ok D snapshot-create-as vm1 a
	put 2
	ok D snapshot-create-as vm1 b
	put 3
	ok D snapshot-revert vm1 a --keep as-it-was
	has "What was before is snapshot 'as-it-was'" "$output"
	at 1
	same a "$(current)"
	same b "$(parent_of as-it-was)"
	same 'a as-it-was b' "$(names)"
	same_pairs
	ok D snapshot-revert vm1 as-it-was
	at 3
	same as-it-was "$(current)"
	same_pairs
	ok qemu-img check -q "$(disk)"
}

@test "revert --keep of a running guest: its memory too" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	ok D snapshot-create-as vm1 live
	before=$(guest_number disk "$(guest_ask vm1 w)")
	ok D snapshot-revert vm1 live --keep later
	same running "$(state_of vm1)"
	test "$(guest_number disk "$(guest_ask vm1 i)")" -lt "$before"
	has '<state>running</state>' "$(D snapshot-dumpxml vm1 later)"
	same 'later live' "$(names)"
	same_pairs
	ok D snapshot-revert vm1 later
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	ok D destroy vm1
	# Given up for one that was taken while off: the memory is in what was kept.
	ok D snapshot-delete vm1 live
	ok D snapshot-create-as vm1 cold
	ok D snapshot-revert vm1 later
	before=$(guest_number disk "$(guest_ask vm1 w)")
	ok D snapshot-revert vm1 cold --keep last
	same 'shut off' "$(state_of vm1)"
	ok D snapshot-revert vm1 last
	same running "$(state_of vm1)"
	same "$before" "$(guest_number disk "$(guest_ask vm1 i)")"
	ok D destroy vm1
	same_pairs
}

@test "revert --keep is refused where a snapshot would be, with the reasons of both" {
	off vm1
	ok D snapshot-create-as vm1 a
	put 2
	refused 'domain snapshot a already exists' D snapshot-revert vm1 a --keep a
	refused 'error: XML error:' D snapshot-revert vm1 a --keep ../x
	refused 'would be taken for a number of another one' D snapshot-revert vm1 a --keep 7
	qemu-img snapshot -c bare "$(disk)"
	refused "an image already contains a snapshot 'bare' without a record" D snapshot-revert vm1 a --keep bare
	sed -i '/<domain /,/<\/domain>/d' "$(dom vm1)/snapshots/a.xml"
	refused "snapshot 'a' lacks the domain configuration" D snapshot-revert vm1 a --keep bare
	has 'an image already contains' "$stderr"
	at 2
	# A disk that the snapshot does not have would not be in what is kept.
	off vm2
	ok D snapshot-create-as vm2 a
	make_disk "$BATS_TEST_TMPDIR/more.qcow2"
	uuid=$(D -q domuuid vm2)
	define_more=$(tiny_xml vm2 "$BATS_TEST_TMPDIR"/{vm2,more}.qcow2 | sed "s|</name>|</name><uuid>${uuid//[$'\n']/}</uuid>|")
	ok D define /dev/stdin <<<"$define_more"
	refused 'the domain has other disks now than then' D snapshot-revert vm2 a --keep now
	same a "$(tags "$(disk vm2)")"
}

# --- firmware variables -------------------------------------------------------------------------

# uefi_xml: vm1 with UEFI firmware, from the standard input's tiny_xml.
uefi_xml()
{
	MACHINE=q35 MEMORY=64 tiny_xml vm1 "$(disk)" |
		sed "s|</type>|</type><loader readonly='yes' type='pflash'>$code</loader><nvram template='$vars'${1:-}/>|"
}

nvram()
{
	sha256sum <"$(dom vm1)/nvram.fd"
}

@test "UEFI: snapshots of a guest that is off have their firmware variables" {
	code=/usr/share/OVMF/OVMF_CODE_4M.fd vars=/usr/share/OVMF/OVMF_VARS_4M.fd
	make_disk "$(disk)"
	ok D define /dev/stdin <<<"$(uefi_xml)"
	# Before its first start it has none.
	ok D snapshot-create-as vm1 fresh
	same 0 "$(stat -c %s "$(dom vm1)/snapshots/fresh.nvram")"
	ok D start vm1 --paused
	ok D destroy vm1
	echo one | dd of="$(dom vm1)/nvram.fd" bs=1 seek=4096 conv=notrunc status=none
	one=$(nvram)
	ok D snapshot-create-as vm1 one
	echo two | dd of="$(dom vm1)/nvram.fd" bs=1 seek=4096 conv=notrunc status=none
	two=$(nvram)
	same 600 "$(stat -c %a "$(dom vm1)/snapshots/one.nvram")"
	ok D snapshot-revert vm1 one --keep two
	same "$one" "$(nvram)"
	ok D snapshot-revert vm1 two
	same "$two" "$(nvram)"
	ok D snapshot-revert vm1 fresh
	is_gone "$(dom vm1)/nvram.fd"
	# What was put in place of it can be had back.
	old=$(D -q --json trash-list vm1 | jq -r '[.[] | select(.what == "nvram").id][-1]')
	ok D start vm1 --paused
	refused 'domain is running' D trash-restore "$old"
	ok D destroy vm1
	ok D trash-restore "$old"
	same "$two" "$(nvram)"
	ok D snapshot-revert vm1 one --running
	same running "$(state_of vm1)"
	ok D destroy vm1
	# It is data: forgetting the record leaves it, deleting the snapshot does not.
	ok D snapshot-dumpxml vm1 one
	record=$output
	ok D snapshot-delete vm1 one --metadata
	is_there "$(dom vm1)/snapshots/one.nvram"
	ok D snapshot-create vm1 /dev/stdin --redefine <<<"$record"
	ok D snapshot-revert vm1 one
	same "$one" "$(nvram)"
	ok D snapshot-delete vm1 one
	ok D snapshot-delete vm1 fresh --children
	same '' "$(find "$(dom vm1)/snapshots" -name '*.nvram')"
	same_pairs
}

@test "UEFI: a live snapshot has them in its memory; variables in a file elsewhere are not for one that is off" {
	code=/usr/share/OVMF/OVMF_CODE_4M.fd vars=/usr/share/OVMF/OVMF_VARS_4M.fd
	make_disk "$(disk)"
	ok D define /dev/stdin <<<"$(uefi_xml)"
	ok D snapshot-create-as vm1 cold
	ok D start vm1
	ok D snapshot-create-as vm1 live
	is_gone "$(dom vm1)/snapshots/live.nvram"
	ok D snapshot-revert vm1 live
	same running "$(state_of vm1)"
	ok D snapshot-revert vm1 cold --keep last
	is_gone "$(dom vm1)/nvram.fd"
	ok D snapshot-revert vm1 last
	same running "$(state_of vm1)"
	is_there "$(dom vm1)/nvram.fd"
	ok D destroy vm1
	same_pairs
	ok qemu-img check -q "$(disk)"
	cp "$vars" "$BATS_TEST_TMPDIR/outside.fd"
	ok D define /dev/stdin <<<"$(D -q dumpxml vm1 | sed "s|<nvram.*/>|<nvram>$BATS_TEST_TMPDIR/outside.fd</nvram>|")"
	refused "$unsupported the firmware variables in '$BATS_TEST_TMPDIR/outside.fd' would not be in an offline snapshot" \
		D snapshot-create-as vm1 no
	has --paused "$stderr"
}

# --- other disks than then ----------------------------------------------------------------------

# with_disks DISK…: vm1 again, with these.
with_disks()
{
	local uuid
	uuid=$(D -q domuuid vm1 | head -1)
	tiny_xml vm1 "$@" | sed "s|</name>|</name><uuid>$uuid</uuid>|" >"$BATS_TEST_TMPDIR/more.xml"
	ok D define "$BATS_TEST_TMPDIR/more.xml"
}

@test "a disk that was added later is in nobody's way: older snapshots are deleted and reverted to" {
	off vm1
	make_disk "$BATS_TEST_TMPDIR/more.qcow2"
	put 1
	ok D snapshot-create-as vm1 old
	ok D snapshot-create-as vm1 older
	put 2
	with_disks "$(disk)" "$BATS_TEST_TMPDIR/more.qcow2"
	ok D snapshot-create-as vm1 both
	same both "$(tags "$BATS_TEST_TMPDIR/more.qcow2")"
	ok D snapshot-delete vm1 older
	ok D start vm1
	capture D snapshot-revert vm1 old
	same 1 "$status"
	has "the running guest has other disks than snapshot 'old'" "$stderr"
	has 'destroy ends the guest' "$stderr"
	has_not --metadata "$stderr"
	same running "$(state_of vm1)"
	ok D destroy vm1
	ok D snapshot-revert vm1 old
	at 1
	ok D snapshot-revert vm1 both
	at 2
	has more.qcow2 "$(D -q dumpxml vm1)"
	ok D start vm1
	ok D snapshot-delete vm1 old
	ok D destroy vm1
	ok D snapshot-delete vm1 both
	same ' ' "$(tags "$(disk)") $(tags "$BATS_TEST_TMPDIR/more.qcow2")"
}

@test "a revert to other disks that is killed is finished on those disks" {
	off vm1
	make_disk "$BATS_TEST_TMPDIR/other.qcow2"
	with_disks "$(disk)" "$BATS_TEST_TMPDIR/other.qcow2"
	put 1
	ok D snapshot-create-as vm1 two
	put 2
	for step in LOAD_BEGINS SNAPSHOT_LOAD REVERT_CONFIG; do
		make_disk "$BATS_TEST_TMPDIR/third.qcow2"
		with_disks "$(disk)" "$BATS_TEST_TMPDIR/third.qcow2"
		put 3
		DOMSH_FAULT=crash@snapshot-revert.$step capture D snapshot-revert vm1 two
		same 137 "$status"
		ok D autostart vm1
		at 1
		is_gone "$(dom vm1)/intent"
		has other.qcow2 "$(D -q dumpxml vm1)"
		same 'two two ' "$(tags "$(disk)") $(tags "$BATS_TEST_TMPDIR/other.qcow2") $(tags "$BATS_TEST_TMPDIR/third.qcow2")"
	done
}
