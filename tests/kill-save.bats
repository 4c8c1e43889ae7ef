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
