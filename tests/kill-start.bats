# SPDX-License-Identifier: LGPL-2.1-or-later
# Kills at the named points of a start and of a resume.

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

@test "start: the client is killed" {
	for point in INTENT SPAWN PUBLISH_RUN; do
		trial off_world lost writer start.$point client start vm
	done
	for point in GO CONT; do
		trial off_world lost alone start.$point client start vm
	done
}

@test "start: the guard, QEMU or both are killed" {
	for victims in guard qemu guard+qemu; do
		for point in SPAWN PUBLISH_RUN GO CONT; do
			trial off_world lost writer start.$point $victims start vm
		done
	done
}

@test "start: client and QEMU are killed" {
	for point in SPAWN PUBLISH_RUN GO CONT; do
		trial off_world lost writer start.$point client+qemu start vm
	done
}

@test "resume: the client is killed" {
	for point in INTENT SPAWN LOAD_IMAGE PUBLISH_RUN; do
		trial saved_world kept writer start.$point client start vm
	done
	for point in GO IMAGE_ASIDE CONT_BEGINS CONT IMAGE_GONE; do
		trial saved_world kept alone start.$point client start vm
	done
}

@test "resume: the guard is killed" {
	for point in SPAWN LOAD_IMAGE PUBLISH_RUN GO IMAGE_ASIDE CONT_BEGINS CONT; do
		trial saved_world kept writer start.$point guard start vm
	done
}

@test "resume: QEMU is killed, alone or with its guard or the client" {
	for victims in qemu guard+qemu client+qemu; do
		for point in LOAD_IMAGE PUBLISH_RUN GO IMAGE_ASIDE CONT_BEGINS; do
			trial saved_world kept writer start.$point $victims start vm
		done
		# It ran: its memory is what QEMU had.
		trial saved_world lost writer start.CONT $victims start vm
	done
}
