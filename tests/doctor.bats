# SPDX-License-Identifier: LGPL-2.1-or-later
# The doctor: every finding is made here, told without a change, and repaired where that is known how.
load helpers

# found CODE TEXT [DOMAIN]: doctor tells it, changes nothing, and fails.
found()
{
	refused "" D --json doctor ${3:+"$3"}
	jq -e --arg code "$1" 'any(.[]; .finding == $code)' <<<"$output" >/dev/null || {
		echo "no finding $1 in: $output"
		return 1
	}
	has "$2" "$output"
}

# fixed CODE WHAT: doctor --fix repairs it, says what it did, and then all is well.
fixed()
{
	ok D --json doctor --fix
	same "$2" "$(jq -r --arg code "$1" '.[] | select(.finding == $code) | .done' <<<"$output" | head -n 1)"
	ok D doctor
	same "All is well" "$output"
}

# kept_in_old PATTERN: what was moved is in the old/ of vm.
kept_in_old()
{
	ls "$(dom vm)/old" | grep -q "$1"
}

# with_disk: vm with a disk that is not booted from.
with_disk()
{
	make_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	define vm "$BATS_TEST_TMPDIR/vm.qcow2"
}

@test "all is well; --fix of nothing changes nothing, and needs the right to change" {
	define vm
	ok D doctor --fix
	same "All is well" "$output"
	ok D --json doctor vm --fix
	same "[]" "$output"
	refused "read only access prevents" D -r doctor --fix
	refused "nobody" D doctor nobody --fix
}

@test "unfinished work" {
	with_disk
	capture env DOMSH_FAULT=crash@snapshot-create.INTENT "$DOMSH" -c "$URI" snapshot-create-as vm s1
	same 137 "$status"
	found intent "'snapshot-create' was not finished"
	fixed intent "finished or taken back"
	is_gone "$(dom vm)/intent"
	# What a later domsh has begun is its own.
	echo '{"v":1,"op":"something","run_id":"","time":1,"pid":1,"steps_done":0,"args":{}}' >"$(dom vm)/intent"
	found intent "'something' was not finished"
	capture D doctor --fix
	same 1 "$status"
	has "unfinished 'something' is not known" "$output"
	is_there "$(dom vm)/intent"
}

@test "unfinished work that cannot be read goes into old/, and the domain can be used again" {
	define vm
	echo 'rubbish' >"$(dom vm)/intent"
	found intent-broken "unfinished work that cannot be read"
	refused "" D undefine vm
	fixed intent-broken "moved into old/"
	kept_in_old '~intent$'
	refused "is not taken up again" D trash-restore "$(D --json trash-list vm | jq -r '.[0].id')"
	ok D undefine vm
}

@test "a run that ended unseen, of a persistent domain and of a transient one" {
	make_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	define vm "$BATS_TEST_TMPDIR/vm.qcow2"
	tiny_xml gone >"$BATS_TEST_TMPDIR/gone.xml"
	ok D start vm
	ok D create "$BATS_TEST_TMPDIR/gone.xml"
	for name in vm gone; do
		guard=$(fuser "$(dom $name)/run/guard" 2>/dev/null | tr -d ' ') || true
		test -n "$guard" || guard=$(guard_pid $name)
		kill -KILL "$guard"
		qemu=$(jq .pid "$(dom $name)/run/state")
		kill -KILL "$qemu"
		wait_for "! grep -qs '^State:[[:space:]]*[^ZX]' /proc/$qemu/status"
	done
	found stale-run "the guest ended and nobody did what its end asks for"
	found leftover "the directory of a transient guest that has ended"
	has_not '"record"' "$output"
	fixed stale-run "done what its end asks for"
	is_gone "$(dom vm)/run"
	is_gone "$(dom gone)"
	same "shut off" "$(state_of vm)"
}

# guard_pid NAME: whoever holds run/guard open.
guard_pid()
{
	local fd
	fd=$(find /proc/[0-9]*/fd -lname "$(dom "$1")/run/guard" 2>/dev/null | head -n 1)
	fd=${fd#/proc/}
	echo "${fd%%/*}"
}

@test "a guest without its guard gets one" {
	define vm
	ok D start vm
	kill -KILL "$(guard_pid vm)"
	wait_for 'D domstate vm --reason | grep -q unsupervised'
	found unsupervised "the guest runs without a guard"
	fixed unsupervised "a guard was started"
	has_not unsupervised "$(D domstate vm --reason)"
	ok D destroy vm
}

@test "the index of uuids" {
	define vm
	rm -f "$ROOT"/by-uuid/*
	found uuid "the index has nothing under its uuid"
	fixed uuid "the index was written"
	ok D domname "$(D -q domuuid vm)"
}

@test "a directory of the store that was taken away: nothing is done without it, and the way out is told" {
	define vm
	rmdir "$ROOT/kept"
	rm -r "$ROOT/by-uuid"
	for dir in by-uuid kept; do
		refused "'$ROOT/$dir' is missing from the store; nothing was changed. 'mkdir -m 700 $ROOT/$dir'" D undefine vm
		mkdir -m 700 "$ROOT/$dir"
	done
	fixed uuid "the index was written"
	ok D domname "$(D -q domuuid vm)"
}

@test "two domains of one uuid: told, and neither is touched" {
	define vm
	cp -a "$(dom vm)" "$(dom twin)"
	sed -i 's|<name>vm<|<name>twin<|' "$(dom twin)/domain.xml"
	found uuid ""
	capture D --json doctor --fix
	same 1 "$status"
	has "has the same uuid" "$output"
	rm -rf "$(dom twin)"
}

@test "a record that cannot be read goes into old/; the others stay" {
	with_disk
	ok D -q snapshot-create-as vm base
	echo rubbish >"$(dom vm)/snapshots/s.xml"
	found record "the record of snapshot 's' cannot be read"
	fixed record "moved into old/"
	kept_in_old '~snapshot-s$'
	same base "$(D -q snapshot-list vm --name)"
}

@test "a protected domain keeps its broken record, and that is told" {
	with_disk
	mkdir -m 700 "$(dom vm)/snapshots"
	echo rubbish >"$(dom vm)/snapshots/s.xml"
	ok D protect vm
	capture D --json doctor --fix
	same 1 "$status"
	has "the domain is protected" "$output"
	is_there "$(dom vm)/snapshots/s.xml"
}

@test "a snapshot in the images without a record is adopted, and can be reverted to" {
	with_disk
	qemu-img snapshot -c found "$BATS_TEST_TMPDIR/vm.qcow2"
	found tag "the images hold a snapshot 'found' that has no record"
	fixed tag "a record was made of it"
	ok D snapshot-dumpxml vm found
	has "<state>shutoff</state>" "$output"
	has "snapshot='internal'" "$output"
	ok D -q snapshot-revert vm found
	ok D -q snapshot-delete vm found
	ok qemu-img snapshot -l "$BATS_TEST_TMPDIR/vm.qcow2"
	has_not found "$output"
}

@test "a live snapshot whose record is gone is adopted with its memory" {
	define_guest vm
	ok D start vm
	ok D -q snapshot-create-as vm live
	rm "$(dom vm)/snapshots/live.xml"
	found tag "'live' that has no record"
	fixed tag "a record was made of it"
	ok D snapshot-info vm live
	has running "$output"
	ok D -q snapshot-revert vm live
	ok D destroy vm
}

@test "a snapshot in some of the images only is told and left alone" {
	with_disk
	make_disk "$BATS_TEST_TMPDIR/b.qcow2"
	sed -i "s|</devices>|<disk type='file'><driver type='qcow2'/><source file='$BATS_TEST_TMPDIR/b.qcow2'/><target dev='vdb' bus='virtio'/></disk></devices>|" "$(dom vm)/domain.xml"
	qemu-img snapshot -c half "$BATS_TEST_TMPDIR/vm.qcow2"
	found tag-partial "only some of the images hold a snapshot 'half'"
	capture D doctor --fix
	same 1 "$status"
	is_gone "$(dom vm)/snapshots/half.xml"
	qemu-img snapshot -d half "$BATS_TEST_TMPDIR/vm.qcow2"
	ok D -q snapshot-create-as vm whole
	qemu-img snapshot -d whole "$BATS_TEST_TMPDIR/b.qcow2"
	found tag-missing "only 1 of 2 images hold the snapshot 'whole'"
	capture D doctor --fix
	same 1 "$status"
	is_there "$(dom vm)/snapshots/whole.xml"
}

@test "a record whose snapshot is in no image goes into old/, but not while an image is away" {
	with_disk
	ok D -q snapshot-create-as vm s1
	mv "$BATS_TEST_TMPDIR/vm.qcow2" "$BATS_TEST_TMPDIR/away"
	found disk "disk 'vda' cannot be read"
	capture D doctor --fix
	same 1 "$status"
	is_there "$(dom vm)/snapshots/s1.xml"
	mv "$BATS_TEST_TMPDIR/away" "$BATS_TEST_TMPDIR/vm.qcow2"
	qemu-img snapshot -d s1 "$BATS_TEST_TMPDIR/vm.qcow2"
	found no-tag "no image holds the snapshot 's1' of the record"
	fixed no-tag "the record was moved into old/"
	kept_in_old '~snapshot-s1$'
	same "" "$(D -q snapshot-list vm --name)"
}

@test "firmware variables of a snapshot that is gone go into old/, and no others" {
	with_disk
	ok D snapshot-create-as vm s1
	echo variables >"$(dom vm)/snapshots/s1.nvram"
	ok D doctor
	# The tag's, which --fix adopts.
	rm "$(dom vm)/snapshots/s1.xml"
	found tag "the images hold a snapshot 's1' that has no record"
	has_not '"nvram"' "$output"
	qemu-img snapshot -d s1 "$BATS_TEST_TMPDIR/vm.qcow2"
	found nvram "firmware variables of a snapshot 's1', which is gone"
	fixed nvram "moved into old/"
	is_gone "$(dom vm)/snapshots/s1.nvram"
	same variables "$(cat "$(dom vm)"/old/*~nvram)"
}

@test "rests in staging/, a ~todo entry, a tombstone in domains/" {
	define vm
	define other
	ok D undefine other
	mkdir -m 700 "$ROOT/staging/left"
	: >"$ROOT/staging/left/lock"
	entry=$(cd "$ROOT/trash" && echo *~other)
	mv "$ROOT/trash/$entry" "$ROOT/trash/$entry~todo"
	cp "$ROOT/trash/$entry~todo/tombstone" "$(dom vm)/tombstone"
	found staging "'staging/left' was left half done"
	found todo "~todo' was left half done"
	found tombstone "an undefine was begun and never happened"
	fixed staging swept
	is_gone "$ROOT/staging/left"
	is_there "$ROOT/trash/$entry"
	is_gone "$(dom vm)/tombstone"
}

@test "what must not be touched is told and stays: unclear, another machine's run, a broken image or config" {
	define vm
	mkdir -m 700 "$(dom lost)"
	: >"$(dom lost)/managed-save"
	echo rubbish >"$(dom vm)/managed-save"
	found unclear "no configuration, but state that only it explains"
	found managed-save "the managed save image cannot be used"
	before=$(store_hash "$(dom lost)")
	capture D doctor --fix
	same 1 "$status"
	same "$before" "$(store_hash "$(dom lost)" | cat)"
	is_there "$(dom vm)/managed-save"
	rm "$(dom vm)/managed-save"
	rm -rf "$(dom lost)"
	echo '<domain>' >"$(dom vm)/domain.xml"
	found config "domain.xml cannot be used"
	capture D doctor --fix
	same 1 "$status"
	same '<domain>' "$(cat "$(dom vm)/domain.xml")"
}
