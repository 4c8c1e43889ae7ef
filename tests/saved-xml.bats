# SPDX-License-Identifier: LGPL-2.1-or-later
# The XML inside images of memory: managedsave-define, -edit, save-image-define, -edit; and images
# that are damaged, foreign, or no images at all.

load helpers

failed='error: operation failed:'

setup()
{
	own_root
	cd "$BATS_TEST_TMPDIR"
}

# saved NAME: the guest has counted, and is in its managed save image; $count is what is on its
# disk.
saved()
{
	local line
	define_guest "$1"
	ok D start "$1"
	wait_for "test \$(guest_number mem \"\$(guest_ask $1 i)\") -ge 10" 15
	line=$(guest_ask "$1" w)
	count=$(guest_number disk "$line")
	ok D managedsave "$1"
}

went_on()
{
	local line mem
	line=$(guest_ask "$1" i)
	mem=$(guest_number mem "$line")
	same "$count" "$(guest_number disk "$line")"
	test "$mem" -ge "$count" -a "$mem" -lt $((count + 200)) || { echo "$line, saved at $count"; return 1; }
}

image()
{
	echo "$(dom vm1)/managed-save"
}

# stream FILE: a sum of what comes behind header, XML and cookie.
stream()
{
	local size
	size=$(od -An -tu4 -j20 -N4 "$1" | tr -d ' ')
	tail -c +$((92 + size + 1)) "$1" | sha256sum
}

@test "managedsave-define: another title, another state; the memory is untouched" {
	saved vm1
	before=$(stream "$(image)")
	ok D managedsave-dumpxml vm1
	cp "$(image)" was
	sed 's|<uuid>|<title>asleep</title>\n  <uuid>|' <<<"$output" >titled.xml
	ok D managedsave-define vm1 titled.xml --paused
	same "Managed save state file of domain 'vm1' updated." "${output%$'\n'}"
	has '<title>asleep</title>' "$(D managedsave-dumpxml vm1)"
	same "$before" "$(stream "$(image)")"
	same 600 "$(stat -c %a "$(image)")"
	same "$(ls "$(dom vm1)" | grep -c managed-save)" 1
	told 'not as it is defined now' D start vm1
	same paused "$(state_of vm1)"
	same asleep "$(D -q desc vm1 --title)"
	ok D resume vm1
	went_on vm1
	ok D destroy vm1
}

@test "what was there can be taken back" {
	saved vm1
	ok D managedsave-dumpxml vm1
	xml=$output
	sed 's|<uuid>|<title>one</title><uuid>|' <<<"$xml" >one.xml
	ok D managedsave-define vm1 one.xml
	has 'config of a managed save image' "$(D trash-list vm1)"
	ok D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~image-config")).id')"
	same "$xml" "$(D managedsave-dumpxml vm1)"
	# The one that was replaced by that is there in turn.
	ok D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~image-config")).id')"
	has '<title>one</title>' "$(D managedsave-dumpxml vm1)"
	told 'not as it is defined now' D start vm1
	went_on vm1
	refused "domain 'vm1' does not have managed save image" \
		D trash-restore "$(D -q --json trash-list vm1 | jq -r '.[] | select(.id | endswith("~image-config")).id')"
	ok D destroy vm1
}

@test "a disk that was moved while the guest slept" {
	saved vm1
	ok D managedsave-dumpxml vm1
	sed 's|vm1.qcow2|moved.qcow2|' <<<"$output" >moved.xml
	mv vm1.qcow2 moved.qcow2
	refused vm1.qcow2 D start vm1
	ok D managedsave-define vm1 moved.xml
	told 'not as it is defined now' D start vm1
	went_on vm1
	ok D destroy vm1
	mv moved.qcow2 vm1.qcow2
	# Moved and changed is changed.
	ok D start vm1
	count=0
	ok D managedsave vm1
	D managedsave-dumpxml vm1 | sed 's|vm1.qcow2|moved.qcow2|' >moved.xml
	mv vm1.qcow2 moved.qcow2
	qemu-io -f qcow2 -c 'write -q 1M 512' moved.qcow2
	ok D managedsave-define vm1 moved.xml
	refused "disks were changed since the managed save: '$BATS_TEST_TMPDIR/moved.qcow2' was written to" D start vm1
}

@test "another machine or uuid is refused, and what is not there" {
	saved vm1
	D managedsave-dumpxml vm1 >was.xml
	sed 's/<memory unit=.MiB.>32/<memory unit="MiB">48/' was.xml >more.xml
	sed 's/<uuid>[^<]*/<uuid>11111111-2222-3333-4444-555555555555/' was.xml >uuid.xml
	sed "s/bus='virtio'/bus='ide'/" was.xml >bus.xml
	sed 's|</devices>|<watchdog model="i6300esb"/></devices>|' was.xml >dog.xml
	sum=$(sha256sum "$(image)")
	for xml in more uuid bus dog; do
		refused 'unsupported configuration: the XML describes another machine' D managedsave-define vm1 $xml.xml
	done
	echo '<domain' >broken.xml
	refused 'XML error' D managedsave-define vm1 broken.xml
	refused 'XML error' D managedsave-define vm1 /dev/null
	refused 'read only access prevents' D -r managedsave-define vm1 was.xml
	same "$sum" "$(sha256sum "$(image)")"
	define vm2
	refused "domain 'vm2' does not have managed save image" D managedsave-define vm2 was.xml
	refused "domain 'vm2' does not have managed save image" D managedsave-edit vm2
	ok D start vm1
	went_on vm1
	refused "domain 'vm1' does not have managed save image" D managedsave-define vm1 was.xml
	ok D destroy vm1
}

@test "the same in an editor: changed, unchanged, refused" {
	saved vm1
	EDITOR="sed -i 's|<uuid>|<title>edited</title><uuid>|'" ok D managedsave-edit vm1
	same "Managed save image of Domain 'vm1' XML configuration edited." "${output%$'\n'}"
	EDITOR=true ok D managedsave-edit vm1 --paused
	same "Managed save image of domain 'vm1' XML configuration not changed." "${output%$'\n'}"
	TMPDIR=$BATS_TEST_TMPDIR EDITOR="sed -i s/32/48/" refused 'the XML describes another machine' D managedsave-edit vm1
	has "The edited text is kept in '$BATS_TEST_TMPDIR/domsh" "$stderr"
	EDITOR=false refused 'failed with status 1' D managedsave-edit vm1
	has '<title>edited</title>' "$(D managedsave-dumpxml vm1)"
	told 'not as it is defined now' D start vm1
	same running "$(state_of vm1)"
	went_on vm1
	ok D save vm1 a
	EDITOR="sed -i s/edited/again/" ok D save-image-edit a --paused
	same 'State file a edited.' "${output%$'\n'}"
	EDITOR=true ok D save-image-edit a
	same 'Saved image a XML configuration not changed.' "${output%$'\n'}"
	EDITOR="sed -i s/32/48/" TMPDIR=$BATS_TEST_TMPDIR refused 'the XML describes another machine' D save-image-edit a
	has '<title>again</title>' "$(D save-image-dumpxml a)"
	told 'not as it is defined now' D restore a
	same paused "$(state_of vm1)"
	ok D destroy vm1
}

@test "save-image-define: replaced as a whole; nobody else's file is touched" {
	saved vm1
	ok D start vm1
	ok D save vm1 a
	before=$(stream a)
	ln -s a link
	ln a kept
	sum=$(sha256sum <kept)
	D save-image-dumpxml a | sed 's|<uuid>|<title>filed</title><uuid>|' >filed.xml
	ok D save-image-define link filed.xml --running
	same 'State file link updated.' "${output%$'\n'}"
	test -L link
	has '<title>filed</title>' "$(D save-image-dumpxml a)"
	same "$before" "$(stream a)"
	same "$sum" "$(sha256sum <kept)"
	same 600 "$(stat -c %a a)"
	same "" "$(find . -name '.domsh-*')"
	refused 'it is not a save image' D save-image-define vm1.xml filed.xml
	refused "open 'nowhere'" D save-image-define nowhere filed.xml
	sed 's/<memory unit=.MiB.>32/<memory unit="MiB">48/' filed.xml >more.xml
	refused 'the XML describes another machine' D save-image-define a more.xml
	DOMSH_FAULT=enospc+:6 refused 'No space left on device' D save-image-define a filed.xml
	refused 'read only access prevents' D -r save-image-define a filed.xml
	has '<title>filed</title>' "$(D save-image-dumpxml a)"
	told 'not as it is defined now' D restore a
	went_on vm1
	ok D destroy vm1
}

# damage FILE HOW [ARGUMENT]: make FILE of the good image in ./good.
damage()
{
	case $2 in
	cut) head -c "$3" good >"$1" ;;
	put) cp good "$1"; printf "$4" | dd of="$1" bs=1 seek="$3" conv=notrunc status=none ;;
	grow) cp good "$1"; printf x >>"$1" ;;
	zero) head -c "$(stat -c %s good)" /dev/zero >"$1" ;;
	text) echo '<domain/>' >"$1" ;;
	esac
}

@test "damaged, cut, foreign: each is told and kept, by every command (defect 13)" {
	saved vm1
	cp "$(image)" good
	xml=$(grep -abo '<cookie>' good | head -1 | cut -d: -f1)
	size=$(stat -c %s good)
	stream=$((92 + $(od -An -tu4 -j20 -N4 good | tr -d ' ')))
	# What is wrong, in which words it is told, and whether the XML can be shown all the same.
	while read -r words how; do
		# shellcheck disable=SC2086
		damage bad $how
		cp bad "$(image)"
		sum=$(sha256sum <bad)
		for command in 'save-image-dumpxml bad' 'managedsave-dumpxml vm1' 'restore bad' 'start vm1' \
			'managedsave-define vm1 vm1.xml' 'save-image-define bad vm1.xml'; do
			case $how:$command in
			put*X:*-dumpxml* | put*X:*-define*) continue ;; # only who reads all of it sees that
			esac
			# shellcheck disable=SC2086
			refused "${words//_/ }" D $command || { echo "$how: $command"; return 1; }
			same "$sum" "$(sha256sum <bad)"
			same "$sum" "$(sha256sum <"$(image)")"
		done
	done <<-TABLE
		cut_within_its_header cut 0
		cut_within_its_header cut 10
		cut_within_its_header cut 16
		cut_within_its_header cut 20
		cut_within_its_header cut 24
		cut_within_its_header cut 28
		cut_within_its_header cut 32
		cut_within_its_header cut 36
		cut_within_its_header cut 91
		cut_within_its_header cut 92
		cut_within_its_header cut 500
		cut_within_its_header cut $xml
		cut_within_its_header cut $((xml + 100))
		cut_within_its_header cut $((stream - 1))
		it_holds_no_memory cut $stream
		its_memory_stream_is_damaged cut $((stream + 1))
		its_memory_stream_is_damaged cut $((size - 1))
		its_memory_stream_is_damaged grow
		its_memory_stream_is_damaged put $((size - 3000)) X
		it_is_not_a_save_image zero
		cut_within_its_header text
		it_is_not_a_save_image put 0 libvirt
		it_is_incomplete put 0 LibvirtQemudPart
		its_version_is_not_supported put 16 \1\0\0\0
		its_version_is_not_supported put 16 \3\0\0\0
		of_the_other_byte_order put 16 \0\0\0\2
		its_header_is_damaged put 20 \377\377\377\377
		its_header_is_damaged put 20 \0\0\0\0
		compressed_images_are_not_supported put 28 \1\0\0\0
		its_header_is_damaged put 32 \377\377\377\177
		its_header_is_damaged put 32 \1\0\0\0
		its_header_is_damaged put 100 \0
		its_header_is_damaged put $((xml + 60)) zzzz
	TABLE
	cp good "$(image)"
	ok D start vm1
	went_on vm1
	ok D destroy vm1
}

@test "what is no file is no image, at once and without a wait" {
	saved vm1
	mkfifo pipe
	mkdir dir
	for file in pipe dir /dev/zero; do
		refused 'it is not a regular file' timeout 5 "$DOMSH" -c "$URI" restore $file
		refused 'it is not a regular file' timeout 5 "$DOMSH" -c "$URI" save-image-dumpxml $file
	done
	# 4 GiB that are not there take neither memory nor time.
	truncate -s 4G sparse
	dd if="$(image)" of=sparse bs=92 count=1 conv=notrunc status=none
	# A sanitizer reserves terabytes of addresses.
	(test -n "${SAN:-}" || ulimit -v 2000000; refused 'its header is damaged' timeout 5 "$DOMSH" -c "$URI" restore sparse)
}
