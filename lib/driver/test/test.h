/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The test hypervisor: a guest is a little memory of this process, nothing is built from its XML,
 * and its disks are names that no file is opened for. Deterministic: nothing runs by itself, and
 * what is asked for has happened when the call returns. When the process ends, everything is gone.
 *
 * It brings the place of a store of its own (place.h); whoever opens it fills that store with the
 * domains that the URI stands for (node.h).
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"
#include "model/state.h"

struct test_guests;

/* Called once for a new hypervisor, before anybody else gets it. */
typedef bool (*test_fill)(struct hv *hv, void *data, GError **err);

/* shared: all who ask for it get the same, as long as somebody has it open. Closed by its ops. */
struct hv *test_hv_open(bool shared, test_fill fill, void *data, GError **err);
/* Where its store is. */
const char *test_hv_root(const struct hv *hv);

/* For those who fill: a living guest is in that state, for no reason; a snapshot is there. */
bool test_hv_pretend(struct hv *hv, struct guest *g, enum guest_state state, GError **err);
void test_hv_add_tag(struct hv *hv, const char *uuid, const char *tag, bool has_memory);

/* For the primitives. */
struct test_guests *test_hv_guests(struct hv *hv);
