# SPDX-License-Identifier: LGPL-2.1-or-later
# Managed save: memory and disks are one state, and no image is ever thrown away unasked.

load helpers

invalid='error: Requested operation is not valid:'
failed='error: operation failed:'

# saved_guest NAME: it has counted for a while and written that to its disk; $count is the number.
saved_guest()
{
	define_guest "$1"
	ok D start "$1"
	wait_for 'test $(guest_number mem "$(guest_ask vm1 i)") -ge 20' 15
	local line
	line=$(guest_ask "$1" w)
	count=$(guest_number disk "$line")
	ok D managedsave "$1"
}

# went_on NAME: the guest has counted on from $count, and its disk says $count.
went_on()
{
	local line mem
	line=$(guest_ask "$1" i)
	mem=$(guest_number mem "$line")
	same "$count" "$(guest_number disk "$line")"
	test "$mem" -ge "$count" -a "$mem" -lt $((count + 100)) || { echo "$line, saved at $count"; return 1; }
}

# booted NAME: it has begun anew.
booted()
{
	local mem
	mem=$(guest_number mem "$(guest_ask "$1" i)")
	test "$mem" -lt "$count" || { echo "$mem, saved at $count"; return 1; }
}

image()
{
	echo "$(dom vm1)/managed-save"
}

@test "saved and started: memory and disk go on where they were, and the image is used up" {
	saved_guest vm1
	same "Domain 'vm1' state saved by libvirt" "${output%$'\n'}"
	same 'shut off' "$(state_of vm1)"
	same 'shut off (saved)' "$(D -q domstate vm1 --reason)"
	has 'Managed save:   yes' "$(D dominfo vm1)"
	same ' -    vm1    saved' "$(D -q list --all --managed-save | sed 's/   */    /g; s/^ *-/ -/')"
	is_there "$(image)"
	is_gone "$(dom vm1)/run"
	ok D start vm1
	same running "$(state_of vm1)"
	went_on vm1
	is_gone "$(image)"
	is_gone "$(dom vm1)/intent"
	same "" "$(find "$ROOT" -name 'restored' -o -name 'managed-save*')"
	has 'Managed save:   no' "$(D dominfo vm1)"
	ok D destroy vm1
}

@test "the image is in libvirt's format, complete, and readable by nobody else" {
	saved_guest vm1
	same LibvirtQemudSave "$(head -c 16 "$(image)")"
	same 2 "$(od -An -tu4 -j16 -N4 "$(image)" | tr -d ' ')"
	has '<name>vm1</name>' "$(tr '\0' '\n' <"$(image)" | head -c 20000 | grep -a '<name>')"
	same 600 "$(stat -c %a "$(image)")"
}

@test "twice in a row, and over a start in between" {
	saved_guest vm1
	ok D start vm1
	went_on vm1
	ok D managedsave vm1
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "paused: saved and resumed paused; --running and --paused decide otherwise" {
	saved_guest vm1
	ok D start vm1 --paused
	same paused "$(state_of vm1)"
	ok D managedsave vm1
	ok D start vm1
	same paused "$(state_of vm1)"
	ok D managedsave vm1 --running
	ok D start vm1
	same running "$(state_of vm1)"
	went_on vm1
	ok D managedsave vm1 --paused
	ok D start vm1
	same paused "$(state_of vm1)"
	ok D resume vm1
	went_on vm1
	ok D destroy vm1
}

@test "what cannot be saved: off, transient, unknown" {
	define_guest vm1
	refused "$invalid domain is not running" D managedsave vm1
	refused "error: failed to get domain 'nope'" D managedsave nope
	refused 'mutually exclusive' D managedsave vm1 --running --paused
	ok D undefine vm1
	ok D create "$BATS_TEST_TMPDIR/vm1.xml"
	capture D managedsave vm1
	same 1 "$status"
	has "$invalid cannot do managed save for transient domain" "$stderr"
	same running "$(state_of vm1)"
	ok D destroy vm1
}

@test "a disk that was written to since: start refuses and names the ways on" {
	saved_guest vm1
	qemu-io -f qcow2 -c 'write -q 1M 512' "$BATS_TEST_TMPDIR/vm1.qcow2"
	refused "$failed disks were changed since the managed save: '$BATS_TEST_TMPDIR/vm1.qcow2' was written to; nothing was changed" \
		D start vm1
	has --accept-disks "$stderr"
	has --force-boot "$stderr"
	ok D start vm1 --accept-disks
	went_on vm1
	is_gone "$(image)"
	ok D destroy vm1
}

@test "a disk that is only newer, larger, gone, or replaced is told" {
	saved_guest vm1
	disk=$BATS_TEST_TMPDIR/vm1.qcow2
	cp -a "$disk" "$BATS_TEST_TMPDIR/copy"
	touch "$disk"
	refused 'disks were changed since the managed save' D start vm1
	touch -r "$BATS_TEST_TMPDIR/copy" "$disk"
	truncate -s +65536 "$disk"
	touch -r "$BATS_TEST_TMPDIR/copy" "$disk"
	refused 'disks were changed since the managed save' D start vm1
	rm "$disk"
	refused "$disk" D start vm1
	cp -a "$BATS_TEST_TMPDIR/copy" "$disk"
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "--force-boot boots, and keeps the image in old/, from where it comes back" {
	saved_guest vm1
	sum=$(sha256sum <"$(image)")
	ok D start vm1 --force-boot
	booted vm1
	is_gone "$(image)"
	same "$sum" "$(sha256sum <"$(echo "$(dom vm1)"/old/*~managed-save)")"
	refused 'domain is running' D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~managed-save")).id')"
	ok D destroy vm1
	ok D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~managed-save")).id')"
	same "$sum" "$(sha256sum <"$(image)")"
	# It is not of the last run any more, and the disks are not the ones it belongs to.
	refused "the managed save image is not of this domain's last run" D start vm1
	ok D start vm1 --force-boot
	ok D destroy vm1
}

@test "managedsave-remove keeps it in old/ and says so; --purge does not; none is no failure" {
	saved_guest vm1
	ok D managedsave-remove vm1
	has "Removed managedsave image for domain 'vm1'" "$output"
	has "'trash-list vm1' shows it" "$output"
	is_gone "$(image)"
	ok D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~managed-save")).id')"
	ok D start vm1
	went_on vm1
	ok D managedsave vm1
	ok D managedsave-remove vm1 --purge
	same "" "$(find "$ROOT" -name '*managed-save*')"
	ok D managedsave-remove vm1
	has 'has no manage save image; removal skipped' "$output"
	ok D start vm1
	booted vm1
	ok D destroy vm1
}

@test "an image that is cut, flipped, foreign or no image at all is refused and kept" {
	saved_guest vm1
	cp "$(image)" "$BATS_TEST_TMPDIR/image"
	size=$(stat -c %s "$(image)")
	for cut in 0 10 92 1000 $((size - 1)) $((size - 5000)); do
		head -c "$cut" "$BATS_TEST_TMPDIR/image" >"$(image)"
		refused "$failed the managed save image cannot be used:" D start vm1
		has 'start --force-boot puts it aside and boots' "$stderr"
	done
	cp "$BATS_TEST_TMPDIR/image" "$(image)"
	printf X | dd of="$(image)" bs=1 seek=$((size - 3000)) conv=notrunc status=none
	refused 'its memory stream is damaged' D start vm1
	cp "$BATS_TEST_TMPDIR/image" "$(image)"
	printf LibvirtQemudPart | dd of="$(image)" conv=notrunc status=none
	refused 'the managed save image cannot be used:' D start vm1
	head -c 100000 /dev/urandom >"$(image)"
	refused 'the managed save image cannot be used:' D start vm1
	rm "$(image)"
	mkfifo "$(image)"
	refused 'the managed save image cannot be used:' D start vm1
	rm "$(image)"
	cp "$BATS_TEST_TMPDIR/image" "$(image)"
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "a broken image goes into old/ with --force-boot, not away" {
	saved_guest vm1
	truncate -s 5000 "$(image)"
	sum=$(sha256sum <"$(image)")
	ok D start vm1 --force-boot
	booted vm1
	same "$sum" "$(sha256sum <"$(echo "$(dom vm1)"/old/*~managed-save)")"
	ok D destroy vm1
}

@test "the image of another domain is not resumed" {
	saved_guest vm1
	define_guest vm2
	cp "$(image)" "$(dom vm2)/managed-save"
	refused "not of this domain's last run" D start vm2
	is_there "$(dom vm2)/managed-save"
}

@test "what would part the image from its disks is refused while it is there" {
	saved_guest vm1
	make_disk "$BATS_TEST_TMPDIR/other.qcow2"
	xml=$(D -q dumpxml vm1)
	refused 'a managed save image belongs to disks that this definition changes' \
		D define /dev/stdin <<<"${xml/vm1.qcow2/other.qcow2}"
	refused 'a managed save image belongs to disks that this definition changes' \
		D define /dev/stdin <<<"${xml/type=\'qcow2\'/type=\'raw\'}"
	refused 'a domain with a managed save image cannot be renamed' D domrename vm1 vm2
	refused 'domain has a managed save image' D create /dev/stdin <<<"$xml"
	ok D define /dev/stdin <<<"${xml/<memory unit=\'MiB\'>32/<memory unit=\'MiB\'>48}"
	is_there "$(image)"
	# What was saved is what is resumed, not what was defined meanwhile.
	ok D -q start vm1
	went_on vm1
	has "<memory unit='MiB'>32<" "$(D -q dumpxml vm1)"
	has "<memory unit='MiB'>48<" "$(D -q dumpxml vm1 --inactive)"
	ok D destroy vm1
}

@test "an offline snapshot made or deleted by us does not spoil the image, a revert is refused" {
	saved_guest vm1
	ok D snapshot-create-as vm1 s1
	ok D snapshot-create-as vm1 s2
	ok D snapshot-delete vm1 s1
	refused 'a managed save image belongs to the disks as they are' D snapshot-revert vm1 s2
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "a save that fails leaves the guest running and no image" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 w
	DOMSH_FAULT=enospc+:4 capture D managedsave vm1
	same 1 "$status"
	has 'No space left on device' "$stderr"
	# Whoever comes next finishes what a full disk kept from being finished.
	ok D suspend vm1
	ok D resume vm1
	same running "$(state_of vm1)"
	is_gone "$(image)"
	is_gone "$(dom vm1)/intent"
	same "" "$(find "$(dom vm1)" -name 'managed-save*')"
	guest_ask vm1 i
	ok D destroy vm1
}

@test "a start from an image that cannot be finished keeps the image" {
	saved_guest vm1
	mv "$BATS_TEST_TMPDIR/vm1.qcow2" "$BATS_TEST_TMPDIR/away"
	capture D start vm1 --accept-disks
	same 1 "$status"
	is_there "$(image)"
	is_gone "$(dom vm1)/run"
	is_gone "$(dom vm1)/intent"
	mv "$BATS_TEST_TMPDIR/away" "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "a definition that is newer than the image is told of: the image counts, once" {
	saved_guest vm1
	ok D start vm1
	ok D managedsave vm1
	sed "s|<uuid>.*|<uuid>$(D -q domuuid vm1)</uuid>|; s|<vcpu>1|<vcpu>2|" "$(dom vm1)/domain.xml" >"$BATS_TEST_TMPDIR/two.xml"
	ok D define "$BATS_TEST_TMPDIR/two.xml"
	capture D start vm1
	same 0 "$status"
	same "the guest goes on as it was saved, which is not as it is defined now: 'vcpu' is '2' in the definition and '1' in the image; the definition counts from its next boot (start --force-boot puts an image aside and boots)" "$stderr"
	went_on vm1
	has '<vcpu>1</vcpu>' "$(D dumpxml vm1)"
	has '<vcpu>2</vcpu>' "$(D dumpxml vm1 --inactive)"
	# The same guest again, to a file, over its definition; and what -q and --json make of it.
	ok D save vm1 "$BATS_TEST_TMPDIR/file"
	capture D restore "$BATS_TEST_TMPDIR/file"
	has "'vcpu' is '2' in the definition and '1' in the image" "$stderr"
	ok D managedsave vm1
	ok D -q start vm1
	ok D managedsave vm1
	ok D --json start vm1
	has "'vcpu' is '2' in the definition" "$(jq -r '.remarks[0]' <<<"$output")"
	ok D destroy vm1
	ok D start vm1
	ok D managedsave vm1
	ok D start vm1
	ok D destroy vm1
}

@test "test driver: likewise" {
	same "the guest goes on as it was saved, which is not as it is defined now: only the definition has 'title'; the definition counts from its next boot (start --force-boot puts an image aside and boots)" \
		"$("$DOMSH" -q -c test:///default 'managedsave test; start test; managedsave test; desc test --config --title new' 2>&1;
		"$DOMSH" -c test:///default 'managedsave test; desc test --config --title new; start test' 2>&1 >/dev/null)"
}
