# SPDX-License-Identifier: LGPL-2.1-or-later
# Undefine: what stands in its way, which option names it, and what becomes of what.

load helpers

invalid='error: Requested operation is not valid:'

# entry: the one directory in the trash.
entry()
{
	local found=("$ROOT"/trash/*)
	test ${#found[@]} = 1 -a -d "${found[0]}" || { printf 'in the trash: %s\n' "${found[@]}" >&2; return 1; }
	echo "${found[0]}"
}

# Everything that a domain can have, but for the managed save image: put there by hand.
give_state()
{
	local dir
	dir=$(dom "$1")
	ok D snapshot-create-as "$1" base
	mkdir -m 700 "$dir/checkpoints" "$dir/tpm"
	echo '<domaincheckpoint><name>c1</name></domaincheckpoint>' >"$dir/checkpoints/c1.xml"
	echo variables >"$dir/nvram.fd"
	echo secret >"$dir/tpm/state"
}

@test "a domain without state goes whole into the trash, its disk stays" {
	make_disk "$BATS_TEST_TMPDIR/disk.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/disk.qcow2"
	config=$(<"$(dom vm1)/domain.xml")
	ok D undefine vm1
	has "Domain 'vm1' has been undefined" "$output"
	has "'trash-restore vm1' brings it back" "$output"
	is_gone "$(dom vm1)"
	same "" "$(ls "$ROOT/staging")"
	same "$config" "$(<"$(entry)/domain.xml")"
	ok jq -e '.name == "vm1" and .command == "undefine" and .v == 1' "$(entry)/tombstone"
	is_there "$BATS_TEST_TMPDIR/disk.qcow2"
	refused "error: failed to get domain 'vm1'" D undefine vm1
}

@test "an unknown domain is refused, unless it need not exist" {
	refused "error: failed to get domain 'vm1'" D undefine vm1
	is_gone "$ROOT"
	ok D undefine vm1 --if-exists
	same "There is no domain 'vm1'; nothing to undefine" "${output%$'\n'}"
	ok D --json undefine vm1 --if-exists
	is_gone "$ROOT"
	define vm1
	ok D undefine vm1 --if-exists
	is_gone "$(dom vm1)"
}

@test "snapshots: refused by name, until --snapshots-metadata" {
	make_disk "$BATS_TEST_TMPDIR/disk.qcow2"
	define vm1 "$BATS_TEST_TMPDIR/disk.qcow2"
	ok D snapshot-create-as vm1 base
	ok D snapshot-create-as vm1 tuesday
	refused "$invalid cannot delete inactive domain with 2 snapshots; nothing was changed" D undefine vm1
	has 'base, tuesday' "$stderr"
	has '--snapshots-metadata forgets them' "$stderr"
	record=$(<"$(dom vm1)/snapshots/base.xml")
	ok D undefine vm1 --snapshots-metadata
	is_gone "$(dom vm1)"
	same "$record" "$(<"$(entry)/snapshots/base.xml")"
	has tuesday "$(qemu-img snapshot -l "$BATS_TEST_TMPDIR/disk.qcow2")"
}

@test "a snapshot record that cannot be read counts, and so does one of a strange kind" {
	define vm1
	mkdir -m 700 "$(dom vm1)/snapshots"
	echo '<domainsnapshot' >"$(dom vm1)/snapshots/torn.xml"
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1
	has torn "$stderr"
	chmod 0 "$(dom vm1)/snapshots/torn.xml"
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1
	rm "$(dom vm1)/snapshots/torn.xml"
	mkdir "$(dom vm1)/snapshots/torn.xml"
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1
	ok D undefine vm1 --snapshots-metadata
}

@test "checkpoints: refused until --checkpoints-metadata" {
	define vm1
	mkdir -m 700 "$(dom vm1)/checkpoints"
	echo '<domaincheckpoint/>' >"$(dom vm1)/checkpoints/c1.xml"
	refused "$invalid cannot delete inactive domain with 1 checkpoints" D undefine vm1
	has '--checkpoints-metadata forgets them' "$stderr"
	ok D undefine vm1 --checkpoints-metadata
	is_there "$(entry)/checkpoints/c1.xml"
}

@test "managed save image: refused with its size, until --managed-save" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	refused "$invalid Refusing to undefine while domain managed save image exists" D undefine vm1
	has 'managed save image' "$stderr"
	has 'KiB, saved 20' "$stderr"
	has '--managed-save removes it' "$stderr"
	image=$(sha256sum <"$(dom vm1)/managed-save")
	ok D undefine vm1 --managed-save
	same "$image" "$(sha256sum <"$(entry)/managed-save")"
}

@test "nvram of ours: --nvram trashes it" {
	define vm1
	echo variables >"$(dom vm1)/nvram.fd"
	refused "$invalid cannot undefine domain with nvram" D undefine vm1
	has '--nvram removes it, --keep-nvram keeps it' "$stderr"
	ok D undefine vm1 --nvram
	same variables "$(<"$(entry)/nvram.fd")"
	is_gone "$ROOT/kept/$(ls "$ROOT/kept")/nvram.fd"
}

@test "nvram of ours: --keep-nvram keeps it for the next domain of that uuid" {
	define vm1
	uuid=$(D -q domuuid vm1)
	cp "$(dom vm1)/domain.xml" "$BATS_TEST_TMPDIR/again.xml"
	echo variables >"$(dom vm1)/nvram.fd"
	ok D undefine vm1 --keep-nvram
	has nvram "$output"
	has "Kept for the next domain of this UUID: nvram" "$output"
	same variables "$(<"$ROOT/kept/$uuid/nvram.fd")"
	is_gone "$(entry)/nvram.fd"
	define other
	is_gone "$(dom other)/nvram.fd"
	capture D define "$BATS_TEST_TMPDIR/again.xml"
	same 'what was kept for this uuid (nvram, tpm) came back' "$stderr"
	same variables "$(<"$(dom vm1)/nvram.fd")"
	is_gone "$ROOT/kept/$uuid"
}

# outside_nvram NAME FILE: a domain whose XML names FILE.
outside_nvram()
{
	tiny_xml "$1" | sed "s|</os>|<nvram>$2</nvram></os>|" >"$BATS_TEST_TMPDIR/$1.xml"
	ok D -q define "$BATS_TEST_TMPDIR/$1.xml" # a start would refuse it, which define tells
}

@test "nvram elsewhere: named in the refusal; --nvram takes it along, and it comes back" {
	file=$BATS_TEST_TMPDIR/vm1_VARS.fd
	echo variables >"$file"
	outside_nvram vm1 "$file"
	refused "$invalid cannot undefine domain with nvram" D undefine vm1
	has "$file" "$stderr"
	ok D undefine vm1 --nvram
	is_gone "$file"
	same variables "$(cat "$(entry)"/nvram*)"
	ok D trash-restore vm1
	is_there "$(dom vm1)/domain.xml"
}

@test "nvram elsewhere: --keep-nvram leaves it where it is; one that is not there is no hindrance" {
	file=$BATS_TEST_TMPDIR/vm1_VARS.fd
	outside_nvram vm1 "$file"
	ok D undefine vm1
	ok D trash-restore vm1
	echo variables >"$file"
	ok D undefine vm1 --keep-nvram
	same variables "$(<"$file")"
	is_gone "$(dom vm1)"
}

@test "nvram elsewhere that is no file, or is too large, is not taken along" {
	file=$BATS_TEST_TMPDIR/vm1_VARS.fd
	outside_nvram vm1 "$file"
	truncate -s $((64 * 1024 * 1024 + 1)) "$file"
	refused 'nvram cannot be removed: no regular file of at most 64 MiB' \
		D undefine vm1 --nvram
	is_there "$file"
	rm "$file"
	mkfifo "$file"
	refused 'no regular file' D undefine vm1 --nvram
	rm "$file"
	ln -s /etc/hostname "$file"
	refused 'no regular file' D undefine vm1 --nvram
	is_there "$file"
	ok D undefine vm1 --keep-nvram
	is_there "$file"
}

@test "tpm state is no hindrance, goes into the trash, and is told" {
	define vm1
	mkdir -m 700 "$(dom vm1)/tpm"
	echo secret >"$(dom vm1)/tpm/state"
	ok D undefine vm1 --dry-run
	has 'TPM state' "$output"
	ok D undefine vm1
	same secret "$(<"$(entry)/tpm/state")"
}

@test "tpm state is kept by --keep-tpm or by its XML, which --tpm overrides" {
	define vm1
	uuid=$(D -q domuuid vm1)
	mkdir -m 700 "$(dom vm1)/tpm"
	echo secret >"$(dom vm1)/tpm/state"
	cp "$(dom vm1)/domain.xml" "$BATS_TEST_TMPDIR/again.xml"
	ok D undefine vm1 --keep-tpm
	has 'TPM state' "$output"
	same secret "$(<"$ROOT/kept/$uuid/tpm/state")"
	sed -i "s|</devices>|<tpm><backend type='emulator' persistent_state='yes'/></tpm></devices>|" \
		"$BATS_TEST_TMPDIR/again.xml"
	ok D -q define "$BATS_TEST_TMPDIR/again.xml"
	same secret "$(<"$(dom vm1)/tpm/state")"
	ok D undefine vm1
	same secret "$(<"$ROOT/kept/$uuid/tpm/state")"
	ok D -q define "$BATS_TEST_TMPDIR/again.xml"
	ok D undefine vm1 --tpm
	is_gone "$ROOT/kept/$uuid/tpm"
}

@test "all reasons are told at once, in order, each with its way out" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	give_state vm1
	refused "$invalid cannot delete inactive domain with 1 snapshots; nothing was changed. In the way:" \
		D undefine vm1
	same "1 snapshot
1 checkpoint
managed save image
nvram" "$(sed -n 's/^  \([0-9a-z][^ ]*\( [^ ]\+\)*\)  .*/\1/p' <<<"$stderr")"
	# Naming some leaves the others.
	refused "$invalid cannot delete inactive domain with 1 checkpoints" \
		D undefine vm1 --snapshots-metadata --managed-save
	has_not 'managed save image' "$stderr"
	has nvram "$stderr"
	refused '' D --json undefine vm1
	same '55 OPERATION_INVALID snapshots checkpoints managed-save nvram' \
		"$(jq -r '[.error.code, .error.name, .error.reasons[].code] | join(" ")' <<<"$stderr")"
	same '--managed-save removes it' "$(jq -r '.error.reasons[2].option' <<<"$stderr")"
	test "$(jq '.error.reasons[2].size' <<<"$stderr")" = "$(stat -c %s "$(dom vm1)/managed-save")"
}

@test "--all-state names all of it, and all of it comes back as it was" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	give_state vm1
	before=$(cd "$(dom vm1)" && find . -type f ! -name lock -exec sha256sum {} + | sort)
	ok D undefine vm1 --all-state
	is_gone "$(dom vm1)"
	ok D trash-restore vm1
	same "$before" "$(cd "$(dom vm1)" && find . -type f ! -name lock -exec sha256sum {} + | sort)"
	ok D start vm1
	ok D destroy vm1
}

@test "an option for what is not there is accepted" {
	define vm1
	ok D undefine vm1 --managed-save --snapshots-metadata --checkpoints-metadata --keep-nvram --keep-tpm
	is_gone "$(dom vm1)"
	define vm1
	ok D undefine vm1 --all-state
	is_gone "$(dom vm1)"
}

@test "--dry-run prints what goes where, and changes nothing" {
	define_guest vm1
	give_state vm1
	before=$(store_hash "$ROOT")
	ok D undefine vm1 --all-state --dry-run
	has "record of snapshot 'base'" "$output"
	has "$BATS_TEST_TMPDIR/vm1.qcow2" "$output"
	same stays "$(sed -n "s/.*vm1.qcow2 .* //p" <<<"$output")"
	same "$before" "$(store_hash "$ROOT")"
	ok D undefine vm1 --snapshots-metadata --checkpoints-metadata --keep-nvram --purge --dry-run
	has permanently "$output"
	same "$before" "$(store_hash "$ROOT")"
	ok D --json undefine vm1 --all-state --dry-run
	same 'true' "$(jq '.dry_run and .done == null' <<<"$output")"
	same "$before" "$(store_hash "$ROOT")"
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1 --dry-run
}

@test "--purge leaves nothing, and asks no less" {
	define_guest vm1
	give_state vm1
	refused 'cannot delete inactive domain with 1 snapshots' D undefine vm1 --purge
	ok D undefine vm1 --all-state --purge
	has_not trash-restore "$output"
	is_gone "$(dom vm1)"
	same "" "$(ls -A "$ROOT/trash"; ls -A "$ROOT/staging")"
	is_there "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D -q trash-list
	same "" "$output"
}

@test "a protected domain is refused whatever is named" {
	define vm1
	touch "$(dom vm1)/protected"
	refused "$invalid domain is protected against deletion" D undefine vm1 --all-state
	rm "$(dom vm1)/protected"
	ok D undefine vm1
}

@test "an intent that nobody understands is refused whatever is named" {
	define vm1
	echo '{"v":1,"op":"teleport","run_id":"x","time":1,"pid":1,"steps_done":0,"args":{}}' >"$(dom vm1)/intent"
	refused "$invalid domain has unfinished work that is not clear" D undefine vm1 --all-state
	echo 'no json' >"$(dom vm1)/intent"
	refused "$invalid domain has unfinished work that is not clear" D undefine vm1 --all-state
	rm "$(dom vm1)/intent"
	ok D undefine vm1
}

@test "options that exclude each other, storage options, a stray word, a read-only connection" {
	define vm1
	refused 'mutually exclusive' D undefine vm1 --nvram --keep-nvram
	refused 'mutually exclusive' D undefine vm1 --tpm --keep-tpm
	refused 'mutually exclusive' D undefine vm1 --all-state --keep-nvram
	refused '--storage' D undefine vm1 --storage vda
	refused '--remove-all-storage' D undefine vm1 --remove-all-storage
	refused '--wipe-storage' D undefine vm1 --wipe-storage
	refused '--delete-storage-volume-snapshots' D undefine vm1 --delete-storage-volume-snapshots
	refused "failed to get domain 'vda'" D undefine vm1 vda
	refused 'read only access prevents' D -r undefine vm1
}

@test "autostart goes along" {
	define vm1
	ok D autostart vm1
	ok D undefine vm1
	define vm1
	ok D dominfo vm1
	has 'Autostart:      disable' "$output"
}

@test "running: it becomes transient and runs on, and its end takes it into the trash whole" {
	define_guest vm1
	ok D autostart vm1
	ok D start vm1
	ok D snapshot-create-as vm1 base
	guest=$(guest_ask vm1 w)
	ok D undefine vm1
	has 'It runs on as a transient domain' "$output"
	same running "$(state_of vm1)"
	ok D dominfo vm1
	has 'Persistent:     no' "$output"
	has 'Autostart:      disable' "$output"
	same "$(guest_number disk "$guest")" "$(guest_number disk "$(guest_ask vm1 i)")"
	same base "$(D -q snapshot-list vm1 --name)"
	refused "$invalid cannot undefine transient domain" D undefine vm1 --all-state
	ok D destroy vm1
	is_gone "$(dom vm1)"
	is_there "$(entry)/snapshots/base.xml"
	ok D trash-restore vm1
	same base "$(D -q snapshot-list vm1 --name)"
	same 'shut off' "$(state_of vm1)"
}

@test "running: a define and trash-restore make it persistent again, with its records" {
	define_guest vm1
	ok D start vm1
	ok D snapshot-create-as vm1 base
	config=$(D -q dumpxml vm1 --inactive)
	ok D undefine vm1
	ok D define /dev/stdin <<<"$config"
	has 'Persistent:     yes' "$(D dominfo vm1)"
	same base "$(D -q snapshot-list vm1 --name)"
	ok D undefine vm1
	ok D trash-restore vm1
	has 'Persistent:     yes' "$(D dominfo vm1)"
	same "$config" "$(D -q dumpxml vm1 --inactive)"
	ok D destroy vm1
	same 'shut off' "$(state_of vm1)"
	same base "$(D -q snapshot-list vm1 --name)"
}

@test "running: nvram must be named too, and --purge is refused" {
	define_guest vm1
	ok D start vm1
	echo variables >"$(dom vm1)/nvram.fd"
	refused "$invalid cannot undefine domain with nvram" D undefine vm1
	refused "a running domain's directory cannot be purged" D undefine vm1 --nvram --purge
	ok D undefine vm1 --nvram
	same variables "$(<"$(dom vm1)/nvram.fd")"
	ok D destroy vm1
	same variables "$(<"$(entry)/nvram.fd")"
}

@test "running: with --dry-run nothing changes" {
	define_guest vm1
	ok D start vm1
	before=$(store_hash "$(dom vm1)")
	ok D undefine vm1 --dry-run
	same "$before" "$(store_hash "$(dom vm1)")"
	has 'Persistent:     yes' "$(D dominfo vm1)"
	ok D destroy vm1
}

@test "undefine works on a full disk" {
	define vm1
	DOMSH_FAULT=enospc+:1 capture D undefine vm1
	has 'DOMSH_FAULT fired' "$stderr"
	# Renaming needs no space; whatever a full disk refuses, the domain is in exactly one place.
	if test "$status" = 0; then
		is_gone "$(dom vm1)"
		is_there "$(entry)/domain.xml"
	else
		is_there "$(dom vm1)/domain.xml"
		same "" "$(ls "$ROOT/trash")"
	fi
}
