# SPDX-License-Identifier: LGPL-2.1-or-later
# What a review found, a test each: nothing is lost, stranded or mistaken for something else.

load helpers

image()
{
	echo "$(dom vm1)/managed-save"
}

# off NAME: a domain that is off, with one qcow2 disk.
off()
{
	make_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

uuid_of()
{
	D -q domuuid "$1" | head -n 1
}

# stopped POINT COMMAND…: run it in the background until it stops itself there; $stopped is its pid.
stopped()
{
	local point=$1
	shift
	DOMSH_FAULT=stop@$point "$DOMSH" -c "$URI" "$@" >/dev/null 2>&1 3>&- &
	stopped=$!
	wait_for 'grep -q "^State:.T" /proc/$stopped/status'
}

# uefi_xml NAME NVRAM [DISK…]: tiny_xml with this <nvram> element.
uefi_xml()
{
	local name=$1 nvram=$2
	shift 2
	MACHINE=q35 MEMORY=64 tiny_xml "$name" "$@" |
		sed "s#</os>#<loader readonly='yes' type='pflash'>$BATS_TEST_TMPDIR/code.fd</loader>$nvram</os>#"
}

define_uefi()
{
	head -c 2M /dev/zero >"$BATS_TEST_TMPDIR/code.fd"
	uefi_xml "$@" >"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

# --- another than the one that was named ------------------------------------------------------

@test "a command that waited for the lock acts on the domain that was named, not on its successor" {
	off vm1
	old=$(uuid_of vm1)
	stopped snapshot-create.INTENT snapshot-create-as vm1 s1
	"$DOMSH" -c "$URI" undefine "$old" --snapshots-metadata >/dev/null 2>&1 3>&- &
	waiter=$!
	wait_for 'ls -l /proc/$waiter/fd | grep -q inotify'
	kill -STOP "$waiter"
	kill -CONT "$stopped"
	wait "$stopped"
	ok D domrename vm1 vm2
	define vm1
	new=$(uuid_of vm1)
	kill -CONT "$waiter"
	wait "$waiter" || true
	same "$new" "$(uuid_of vm1)"
}

@test "two domains never have one uuid, also when a rename was killed behind its commit" {
	define vm1
	uuid=$(uuid_of vm1)
	DOMSH_FAULT=crash@rename.MOVE D domrename vm1 vm2 2>/dev/null || true
	capture D define /dev/stdin <<<"$(tiny_xml vm1 | sed "s#</name>#</name><uuid>$uuid</uuid>#")"
	same 1 "$(D -q list --all --uuid | grep -c "$uuid")"
}

# --- managed save -----------------------------------------------------------------------------

@test "an image whose cookie is damaged is never resumed over changed disks" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	cp -p "$(image)" "$BATS_TEST_TMPDIR/image"
	cp -p "$(dom vm1)/last-run" "$BATS_TEST_TMPDIR/last-run"
	qemu-io -f qcow2 -c 'write -q 1M 512' "$BATS_TEST_TMPDIR/vm1.qcow2"
	for change in 's,</domsh:image>,</domsh:imagf>,' 's,>file ,>\&ile ,' 's,>file ,><ile ,' 's,>file ,>\x00ile ,'; do
		LC_ALL=C sed "$change" "$BATS_TEST_TMPDIR/image" >"$(image)"
		capture D start vm1
		same 'shut off' "$(state_of vm1)" || { D destroy vm1; failing "resumed: $change" D start vm1; }
	done
}

@test "an image whose header changed in one byte is refused: XML and state are covered too" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	LC_ALL=C sed -i "s,vm1[.]serial,vm1.sErial," "$(image)"
	left_over_is_fine
	refused 'the managed save image cannot be used' D start vm1
}

@test "an offline snapshot does not make an image fit disks that were changed before" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	qemu-io -f qcow2 -c 'write -q 1M 512' "$BATS_TEST_TMPDIR/vm1.qcow2"
	capture D snapshot-create-as vm1 s1
	left_over_is_fine
	refused 'disks were changed since the managed save' D start vm1
}

@test "an offline snapshot beside an image that cannot be read leaves no unfinished work" {
	off vm1
	echo garbage >"$(image)"
	capture D snapshot-create-as vm1 s1
	is_gone "$(dom vm1)/intent"
	same "$(D -q snapshot-list vm1 --name)" \
		"$(qemu-img info --output=json "$BATS_TEST_TMPDIR/vm1.qcow2" | jq -r '.snapshots // [] | .[].name')"
}

@test "a save image whose fsync failed is void: the guest goes on" {
	define_guest vm1
	ok D start vm1
	# The intent and its directory, then the image.
	capture strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=3 \
		"$DOMSH" -c "$URI" managedsave vm1
	same 1 "$status"
	has 'sync the save image' "$stderr"
	same running "$(state_of vm1)"
	is_gone "$(image)" "$(image).new~"
	left_over_is_fine
}

@test "an old config of other disks is not taken back beside a managed save image" {
	define_guest vm1
	xml=$(D -q dumpxml vm1)
	ok D define /dev/stdin <<<"${xml/vm1.qcow2/other.qcow2}"
	ok D define /dev/stdin <<<"$xml"
	ok D start vm1
	ok D managedsave vm1
	id=$(for f in "$(dom vm1)"/old/*~config; do ! grep -q other.qcow2 "$f" || echo "vm1/old/${f##*/}"; done)
	refused '' D trash-restore "$id"
}

# --- NVRAM ------------------------------------------------------------------------------------

@test "undefine --nvram removes no file that another domain uses" {
	off vm2
	define_uefi vm1 "<nvram>$BATS_TEST_TMPDIR/vm2.qcow2</nvram>"
	capture D undefine vm1 --nvram
	is_there "$BATS_TEST_TMPDIR/vm2.qcow2"
}

@test "undefine --nvram removes nothing of the store by a path in the config" {
	define vm2
	define_uefi vm1 "<nvram>$(dom vm2)/domain.xml</nvram>"
	capture D undefine vm1 --nvram
	ok D domstate vm2
}

@test "undefine --nvram with a file outside loses no variables that were inside" {
	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/vars.fd"
	define_uefi vm1 "<nvram>$BATS_TEST_TMPDIR/vars.fd</nvram>"
	echo precious >"$(dom vm1)/nvram.fd"
	ok D undefine vm1 --nvram
	grep -rq precious "$ROOT"
}

@test "an undefine --nvram that fails leaves no half copy" {
	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/vars.fd"
	define_uefi vm1 "<nvram>$BATS_TEST_TMPDIR/vars.fd</nvram>"
	for n in 3 4 5 6 7 8; do
		refused '' env DOMSH_FAULT=enospc:$n "$DOMSH" -c "$URI" undefine vm1 --nvram
	done
}

@test "undefine --nvram can be taken back: the file outside is there again" {
	head -c 4096 /dev/urandom >"$BATS_TEST_TMPDIR/vars.fd"
	sum=$(sha256sum <"$BATS_TEST_TMPDIR/vars.fd")
	define_uefi vm1 "<nvram>$BATS_TEST_TMPDIR/vars.fd</nvram>"
	ok D undefine vm1 --nvram
	ok D trash-restore vm1
	same "$sum" "$(sha256sum <"$BATS_TEST_TMPDIR/vars.fd")"
}

@test "unfinished removal of an outside NVRAM does not remove a newer file of that name" {
	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/vars.fd"
	define_uefi vm1 "<nvram>$BATS_TEST_TMPDIR/vars.fd</nvram>"
	DOMSH_FAULT=crash@undefine.RETIRE D undefine vm1 --nvram 2>/dev/null || true
	echo newer >"$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/vars.fd"
	define vm2
	same newer "$(cat "$BATS_TEST_TMPDIR/vars.fd")"
}

@test "an NVRAM that was cut short by a kill is made anew" {
	head -c 8192 /dev/urandom >"$BATS_TEST_TMPDIR/template.fd"
	define_uefi vm1 "<nvram template='$BATS_TEST_TMPDIR/template.fd'/>"
	for n in $(seq 20 60); do
		DOMSH_FAULT=crash:$n capture D start vm1
		case $stderr in
		*nvram.fd*) break ;;
		esac
	done
	left_over_is_fine
	capture D start vm1
	same 8192 "$(stat -c %s "$(dom vm1)/nvram.fd")"
}

@test "an offline snapshot has the NVRAM too" {
	make_disk "$BATS_TEST_TMPDIR/vm1.qcow2"
	define_uefi vm1 '<nvram/>' "$BATS_TEST_TMPDIR/vm1.qcow2"
	echo before >"$(dom vm1)/nvram.fd"
	capture D snapshot-create-as vm1 s1
	test "$status" = 0 || return 0 # refusing is right as well
	echo later >"$(dom vm1)/nvram.fd"
	ok D snapshot-revert vm1 s1
	same before "$(cat "$(dom vm1)/nvram.fd")"
}

# --- snapshots --------------------------------------------------------------------------------

@test "an unfinished revert whose tag went away goes back to the safety snapshot" {
	off vm1
	ok D snapshot-create-as vm1 s1
	DOMSH_FAULT=crash@snapshot-revert.LOAD_BEGINS D snapshot-revert vm1 s1 2>/dev/null || true
	qemu-img snapshot -d s1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D undefine vm1 --snapshots-metadata
	has_not safety "$(qemu-img snapshot -l "$BATS_TEST_TMPDIR/vm1.qcow2")"
}

@test "a record from old/ does not come back without its data and its parent" {
	off vm1
	ok D snapshot-create-as vm1 s1
	ok D snapshot-create-as vm1 s2
	ok D snapshot-delete vm1 s1
	ok D snapshot-delete vm1 s2
	id=$(D -q --json trash-list vm1 | jq -r '.[].id' | grep 'snapshot-s2')
	capture D trash-restore "$id"
	same "" "$(D -q snapshot-list vm1 --name)"
}

@test "a record under libvirt's plain file name is replaced by a redefinition, not doubled" {
	off vm1
	ok D snapshot-create-as vm1 'p~q'
	mv "$(dom vm1)/snapshots/p%7Eq.xml" "$(dom vm1)/snapshots/p~q.xml"
	D -q snapshot-dumpxml vm1 'p~q' >"$BATS_TEST_TMPDIR/record"
	ok D snapshot-create vm1 "$BATS_TEST_TMPDIR/record" --redefine
	same 'p~q' "$(D -q snapshot-list vm1 --name | sed '/^$/d')"
}

@test "listing 2000 snapshots takes no more than a second" {
	off vm1
	ok D snapshot-create-as vm1 s0
	(
		cd "$(dom vm1)/snapshots"
		for i in {1..1999}; do
			echo "w s$i.xml"
		done >"$BATS_TEST_TMPDIR/script"
		sed -n -f "$BATS_TEST_TMPDIR/script" s0.xml
	)
	timeout 1 "$DOMSH" -c "$URI" snapshot-list vm1 >/dev/null
}

# --- locks, and the rest ----------------------------------------------------------------------

@test "who waits for a domain does not keep the whole store waiting" {
	off vm1
	stopped snapshot-create.INTENT snapshot-create-as vm1 s1
	"$DOMSH" -c "$URI" domrename vm1 vm3 >/dev/null 2>&1 3>&- &
	waiter=$!
	wait_for 'ls -l /proc/$waiter/fd | grep -q inotify'
	tiny_xml vm2 >"$BATS_TEST_TMPDIR/vm2.xml"
	capture timeout 2 "$DOMSH" -c "$URI" define "$BATS_TEST_TMPDIR/vm2.xml"
	kill -CONT "$stopped"
	wait
	same 0 "$status"
}

@test "undefine of a running domain, taken back, has its autostart again" {
	define vm1
	ok D autostart vm1
	ok D start vm1
	ok D undefine vm1
	ok D trash-restore vm1
	left_over_is_fine
	has 'Autostart:      enable' "$(D dominfo vm1)"
}

@test "a damaged image of a resume that was cut has a way out" {
	define_guest vm1
	ok D start vm1
	ok D managedsave vm1
	stopped start.CONT_BEGINS start vm1
	qemu=$(jq .pid "$(dom vm1)/run/state")
	for pid in $(processes_of "$ROOT"); do
		test "$pid" = "$stopped" -o "$pid" = "$qemu" || kill -KILL "$pid" # the guard first
	done
	kill -KILL "$qemu" "$stopped"
	wait "$stopped" || true
	truncate -s 100 "$(dom vm1)/run/restored"
	left_over_is_fine
	ok D start vm1 --force-boot
	is_there "$(dom vm1)"/old/*~managed-save
}

@test "suspend is not done while the guard hangs and domstate says running" {
	define vm1
	ok D start vm1
	left_over_is_fine
	qemu=$(jq .pid "$(dom vm1)/run/state")
	for pid in $(processes_of "$ROOT"); do
		test "$pid" = "$qemu" || kill -STOP "$pid"
	done
	capture D suspend vm1
	test "$status" = 1 -o "$(state_of vm1)" = paused || failing "it says $(state_of vm1)" D suspend vm1
}

@test "a domain whose state cannot be read is listed all the same" {
	define vm1
	touch "$(dom vm1)/run"
	capture D -q list --all
	has vm1 "$output"
}
