# SPDX-License-Identifier: LGPL-2.1-or-later
# Kills at the named points of a managed save and of a live snapshot.

load helpers
load kill

setup()
{
	own_root
	prepare
}

teardown()
{
	left_over_is_fine
	leave_nothing
}

@test "save: the client is killed" {
	for point in INTENT STOP WRITE_IMAGE PUBLISH_IMAGE; do
		trial running_world kept alone managed-save.$point client managedsave vm
	done
	# The guest has ended and its guard with it.
	trial running_world kept writer managed-save.END_RUN client managedsave vm
}

@test "save: the guard is killed" {
	for point in INTENT STOP WRITE_IMAGE PUBLISH_IMAGE; do
		trial running_world kept writer managed-save.$point guard managedsave vm
	done
}

@test "save: QEMU is killed, alone or with its guard or the client" {
	for victims in qemu guard+qemu client+qemu; do
		for point in INTENT STOP; do
			trial running_world lost writer managed-save.$point $victims managedsave vm
		done
		# From here on the image is complete.
		trial running_world kept writer managed-save.WRITE_IMAGE $victims managedsave vm
	done
	trial running_world kept writer managed-save.PUBLISH_IMAGE guard managedsave vm
}

@test "snapshot: the client is killed" {
	for point in INTENT STAGE_RECORD POINT_CURRENT SNAPSHOT_SAVE RECORD_AFTER; do
		trial running_world kept alone snapshot-create.$point client snapshot-create-as vm s1
	done
}

@test "snapshot: the guard is killed" {
	for point in INTENT SNAPSHOT_SAVE RECORD_AFTER; do
		trial running_world kept writer snapshot-create.$point guard snapshot-create-as vm s1
	done
}

@test "snapshot: QEMU is killed, alone or with its guard or the client" {
	for victims in qemu guard+qemu client+qemu; do
		for point in POINT_CURRENT SNAPSHOT_SAVE RECORD_AFTER; do
			trial running_world lost writer snapshot-create.$point $victims snapshot-create-as vm s1
		done
	done
}

# --- files of the user's ----------------------------------------------------------------------

@test "save to a file: the client is killed" {
	for point in INTENT STOP WRITE_IMAGE PUBLISH_IMAGE; do
		trial_file running_world kept alone save.$point client save vm "$FILE"
	done
	trial_file running_world kept writer save.END_RUN client save vm "$FILE"
}

@test "save to a file: the guard or QEMU is killed" {
	for victims in guard guard+client; do
		trial_file running_world kept writer save.WRITE_IMAGE $victims save vm "$FILE"
	done
	trial_file running_world lost writer save.STOP guard+qemu save vm "$FILE"
	# From here on the image is complete.
	for victims in qemu client+qemu; do
		trial_file running_world kept writer save.WRITE_IMAGE $victims save vm "$FILE"
	done
}

@test "restore: the client is killed" {
	for point in INTENT SPAWN LOAD_IMAGE PUBLISH_RUN GO CONT_BEGINS CONT; do
		trial_file file_world kept writer restore.$point client restore "$FILE"
	done
}

@test "restore: the guard or QEMU is killed" {
	for point in LOAD_IMAGE GO CONT_BEGINS; do
		trial_file file_world kept writer restore.$point guard restore "$FILE"
		trial_file file_world kept writer restore.$point qemu+client restore "$FILE"
	done
}
