# SPDX-License-Identifier: LGPL-2.1-or-later
# Memory in files of the user's: save, restore. No file is lost to it, no disk, and no memory.

load helpers

invalid='error: Requested operation is not valid:'
failed='error: operation failed:'

setup()
{
	own_root
	cd "$BATS_TEST_TMPDIR"
}

# counting NAME: it runs, has counted for a while and written that to its disk; $count is the
# number.
counting()
{
	local line
	define_guest "$1"
	ok D start "$1"
	wait_for "test \$(guest_number mem \"\$(guest_ask $1 i)\") -ge 10" 15
	line=$(guest_ask "$1" w)
	count=$(guest_number disk "$line")
}

# went_on NAME: the guest has counted on from $count, and its disk says $count.
went_on()
{
	local line mem
	line=$(guest_ask "$1" i)
	mem=$(guest_number mem "$line")
	same "$count" "$(guest_number disk "$line")"
	test "$mem" -ge "$count" -a "$mem" -lt $((count + 200)) || { echo "$line, saved at $count"; return 1; }
}

# nothing_begun: no intent, no half file, whatever was tried.
nothing_begun()
{
	same "" "$(find . -name intent -o -name '.domsh-*' -o -name 'managed-save*')"
}

@test "saved to a file and restored: memory and disk go on, the file stays" {
	counting vm1
	ok D save vm1 vm1.save
	same "Domain 'vm1' saved to vm1.save" "${output%$'\n'}"
	same 'shut off (saved)' "$(D -q domstate vm1 --reason)"
	same 600 "$(stat -c %a vm1.save)"
	same LibvirtQemudSave "$(head -c 16 vm1.save)"
	has '<name>vm1</name>' "$(D save-image-dumpxml vm1.save)"
	has 'Managed save:   no' "$(D dominfo vm1)"
	nothing_begun
	sum=$(sha256sum <vm1.save)
	ok D restore vm1.save
	same 'Domain restored from vm1.save' "${output%$'\n'}"
	same running "$(state_of vm1)"
	went_on vm1
	has 'Persistent:     yes' "$(D dominfo vm1)"
	same "$sum" "$(sha256sum <vm1.save)"
	nothing_begun
	refused "$invalid Domain is already active" D restore vm1.save
	ok D destroy vm1
}

@test "paused and running, as it was or as it is told" {
	counting vm1
	ok D suspend vm1
	ok D save vm1 a
	ok D restore a
	same paused "$(state_of vm1)"
	ok D save vm1 a --running
	ok D restore a
	same running "$(state_of vm1)"
	ok D save vm1 a --paused
	ok D restore a --running
	same running "$(state_of vm1)"
	ok D save vm1 a
	ok D restore a --paused
	same paused "$(state_of vm1)"
	refused 'mutually exclusive' D save vm1 a --running --paused
	refused 'mutually exclusive' D restore a --running --paused
	ok D resume vm1
	went_on vm1
	ok D destroy vm1
}

@test "a transient guest is gone after it, and transient again when it is restored" {
	counting vm1
	ok D undefine vm1
	ok D save vm1 a
	same "" "$(D -q list --all --name | sed '/^$/d')"
	nothing_begun
	ok D restore a
	has 'Persistent:     no' "$(D dominfo vm1)"
	went_on vm1
	# Nothing but the file is left of a guest that was never defined.
	ok D save vm1 a
	same "" "$(ls "$ROOT/domains")"
	same 1 "$(D -q --json trash-list | jq length)"
	ok D restore a
	D dumpxml vm1 >live.xml
	ok D define live.xml
	ok D save vm1 a
	same 'shut off (saved)' "$(D -q domstate vm1 --reason)"
}

@test "a file that is there: only memory of the same domain gives way unasked" {
	counting vm1
	make_disk b.qcow2
	define vm2 "$BATS_TEST_TMPDIR/b.qcow2"
	echo precious >text
	refused "file '$BATS_TEST_TMPDIR/text' exists and is no saved memory of this domain" D save vm1 text
	has '--overwrite replaces it' "$stderr"
	same precious "$(<text)"
	ok D save vm1 a
	ok D restore a
	went_on vm1
	ok D save vm1 a
	ok D restore a
	ok D start vm2
	refused "$failed file '$BATS_TEST_TMPDIR/a' exists" D save vm2 a
	ok D save vm1 text --overwrite
	same LibvirtQemudSave "$(head -c 16 text)"
	ok D restore text
	went_on vm1
	ok D destroy vm1
	ok D destroy vm2
}

@test "never onto a disk, whoever names it and however (defect 15)" {
	counting vm1
	make_disk other.qcow2
	define vm2 "$BATS_TEST_TMPDIR/other.qcow2"
	ln other.qcow2 hard.qcow2
	ln -s other.qcow2 soft.qcow2
	mkdir below
	ln -s . here
	sum=$(sha256sum other.qcow2)
	for file in vm1.qcow2 other.qcow2 hard.qcow2 soft.qcow2 below/../other.qcow2 here/other.qcow2; do
		refused "$failed memory cannot be saved to" D save vm1 "$file" --overwrite
		refused "$failed memory cannot be saved to" D save vm1 "$file"
	done
	same "$sum" "$(sha256sum other.qcow2)"
	test -L soft.qcow2
	# A disk that is not there yet has its name all the same.
	rm other.qcow2 hard.qcow2
	refused "domain 'vm2' names it as a disk" D save vm1 other.qcow2
	is_gone other.qcow2
	same running "$(state_of vm1)"
	guest_ask vm1 i
	ok D destroy vm1
}

@test "where no file can be: a directory, a pipe, the store, nowhere" {
	counting vm1
	mkdir dir
	mkfifo pipe
	refused 'it is no regular file' D save vm1 dir
	refused 'it is no regular file' D save vm1 pipe --overwrite
	refused "it is in the store" D save vm1 "$ROOT/domains/vm1/managed-save"
	refused "is no name of a file" D save vm1 dir/
	refused "is no name of a file" D save vm1 .
	refused "find 'nowhere', the directory of 'a'" D save vm1 nowhere/a
	refused "error: Failed to save domain 'vm1' to" D save vm1 "$(printf '%0300d' 0)"
	refused 'error: command' D save vm1
	same running "$(state_of vm1)"
	nothing_begun
	ok D destroy vm1
	refused "$invalid domain is not running" D save vm1 a
	is_gone a
	refused "failed to get domain 'nope'" D save nope a
}

@test "a relative name counts from where the user is, in the prompt too" {
	counting vm1
	mkdir there
	printf '%s\n' 'cd there' 'save vm1 a' >commands
	ok D <commands
	is_there there/a
	ok D restore there/a
	(cd there && ok D save vm1 ../b)
	is_there b
	ok D restore b
	ln -s b link
	ok D save vm1 b
	ok D restore link
	ok D destroy vm1
}

@test "disks that changed since are refused, and accepted when asked for (defect 12)" {
	counting vm1
	ok D save vm1 a
	cp -a vm1.qcow2 copy
	qemu-io -f qcow2 -c 'write -q 1M 512' vm1.qcow2
	refused "$failed disks were changed since the memory was saved: '$BATS_TEST_TMPDIR/vm1.qcow2' was written to" \
		D restore a
	has 'restore --accept-disks' "$stderr"
	same 'shut off' "$(state_of vm1)"
	ok D restore a --accept-disks
	went_on vm1
	ok D destroy vm1
	# The guest itself has changed them by now.
	refused 'disks were changed' D restore a
	mv vm1.qcow2 away
	refused "vm1.qcow2" D restore a
	cp -a copy vm1.qcow2
	ok D restore a
	went_on vm1
	ok D destroy vm1
}

@test "names and uuids: whose memory it is" {
	counting vm1
	ok D save vm1 a
	uuid=$(D -q domuuid vm1)
	ok D domrename vm1 vm2
	refused "domain 'vm2' already exists with uuid $uuid" D restore a
	sed "s/vm1/other/; s/<name>/<uuid>$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)<\/uuid><name>/" vm1.xml >other.xml
	sed -i 's/<name>other/<name>vm1/' other.xml
	ok D define other.xml
	refused "$failed domain 'vm1' already exists with uuid" D restore a
	ok D undefine vm1
	# The way out after a renaming.
	D save-image-dumpxml a | sed 's/<name>vm1/<name>vm2/' >new.xml
	ok D restore a --xml new.xml
	has 'Persistent:     yes' "$(D dominfo vm2)"
	line=$("$here/ask-guest" vm1.serial i)
	same "$count" "$(guest_number disk "$line")"
	ok D destroy vm2
}

@test "over a managed save image nothing is restored" {
	counting vm1
	ok D save vm1 a
	ok D restore a
	ok D managedsave vm1
	refused "$invalid domain has a managed save image" D restore a
	has 'managedsave-remove puts it aside' "$stderr"
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "--xml: the same machine under other names, and nothing else" {
	counting vm1
	D dumpxml vm1 >live.xml
	sed 's/<memory unit=.MiB.>32/<memory unit="MiB">48/' live.xml >more.xml
	sed 's/<uuid>[^<]*/<uuid>11111111-2222-3333-4444-555555555555/' live.xml >uuid.xml
	refused "unsupported configuration: the XML describes another machine than the saved one: 'memory'" \
		D save vm1 a --xml more.xml
	refused 'its uuid is 11111111-2222-3333-4444-555555555555' D save vm1 a --xml uuid.xml
	echo '<domain' >broken.xml
	refused 'XML error' D save vm1 a --xml broken.xml
	refused "nowhere.xml" D save vm1 a --xml nowhere.xml
	same running "$(state_of vm1)"
	is_gone a
	# A disk that is to be moved while the guest sleeps.
	sed "s|vm1.qcow2|moved.qcow2|; s|<uuid>|<title>asleep</title><uuid>|" live.xml >moved.xml
	ok D save vm1 a --xml moved.xml
	has '<title>asleep</title>' "$(D save-image-dumpxml a)"
	refused 'moved.qcow2' D restore a
	mv vm1.qcow2 moved.qcow2
	capture D restore a
	has 'goes on as it was saved, which is not as it is defined now' "$stderr"
	went_on vm1
	has moved.qcow2 "$(D domblklist vm1)"
	ok D save vm1 a
	mv moved.qcow2 again.qcow2
	D save-image-dumpxml a | sed 's|moved.qcow2|again.qcow2|' >again.xml
	sed 's/<memory unit=.MiB.>32/<memory unit="MiB">48/' again.xml >more.xml
	refused 'the XML describes another machine' D restore a --xml more.xml
	ok D -q restore a --xml again.xml
	went_on vm1
	ok D destroy vm1
}

@test "a full disk: the guest goes on, there is no file, and the old one is whole" {
	counting vm1
	ok D save vm1 a
	ok D restore a
	sum=$(sha256sum <a)
	for n in 1 4 6 8 9 10 12; do
		DOMSH_FAULT=enospc+:$n capture D save vm1 a
		same 1 "$status"
		has 'No space left on device' "$stderr"
		# Whoever comes next finishes what the full disk kept from being finished.
		ok D suspend vm1
		ok D resume vm1
		same running "$(state_of vm1)"
		nothing_begun
		same "$sum" "$(sha256sum <a)"
	done
	went_on vm1
	ok D destroy vm1
}

@test "a guest that cannot go on from the file is ended, and the file stays" {
	counting vm1
	ok D save vm1 a
	sum=$(sha256sum <a)
	# Not even root's QEMU may write this.
	chmod 444 vm1.qcow2
	capture D restore a
	same 1 "$status"
	same 'shut off' "$(state_of vm1)"
	nothing_begun
	is_gone "$(dom vm1)/run"
	same "$sum" "$(sha256sum <a)"
	chmod 644 vm1.qcow2
	ok D restore a
	went_on vm1
	ok D destroy vm1
}

@test "what cannot be honoured is refused" {
	counting vm1
	refused 'not supported' D save vm1 a --bypass-cache
	refused 'not supported' D restore a --bypass-cache
	refused 'not supported' D restore a --reset-nvram
	refused 'read only access prevents' D -r save vm1 a
	refused 'read only access prevents' D -r restore a
	is_gone a
	ok D destroy vm1
}

@test "as JSON" {
	counting vm1
	ok D --json save vm1 a --verbose
	same '{"domain":"vm1","done":"save"}' "$(jq -c . <<<"$output")"
	ok D --json restore a
	same '{"domain":"vm1","done":"restore"}' "$(jq -c . <<<"$output")"
	capture D --json restore a
	same 55 "$(jq .error.code <<<"$stderr")"
	ok D destroy vm1
}
