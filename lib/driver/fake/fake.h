/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A hypervisor that is none: for the crash rig, which runs the engine over the real store at every
 * possible point of failure, thousands of times, without QEMU. Deterministic; nothing runs by
 * itself.
 *
 * A guest is a file, run/fake: its status and one number, its memory. A disk is a number as well;
 * number and tags are in "<disk path>.fake-tags". fake_guest_work makes the guest do something.
 * Each primitive is a point "fake.<primitive>" (sys_point), then changes one file after the other,
 * so that a kill leaves what QEMU would leave: a tag on some disks only, half a reverted guest.
 *
 * The process is a holder of the liveness lock that does nothing. Before go it ends with the client
 * that spawned it, as a guard would see to. It has no guard: run/state is written here, and
 * is_supervised stays false.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

/* Nothing to close. */
struct hv *fake_hv_open(void);

/* ---- The guest at work, for tests ---- */

/* Memory counts one up, and each disk takes that number. The guest must be running. */
bool fake_guest_work(int run_fd, const struct hv_disk *disks, size_t n, GError **err);
/* The guest powers itself off. */
bool fake_guest_poweroff(int run_fd, GError **err);
bool fake_guest_memory(int run_fd, gint64 *ret_memory, GError **err);
bool fake_disk_content(const char *path, gint64 *ret_content, GError **err);
