/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/test/snap.h"

#include "base/error.h"
#include "driver/test/guest.h"

/* Without a disk the tag is as if on one. */
bool test_tag_query(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, struct hv_tag *ret, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	const struct test_tag *found;

	(void)disks;
	(void)err;
	*ret = (struct hv_tag){ 0 };
	found = g_hash_table_lookup(test_guest_get(guests, g->uuid)->tags, tag);
	if (found) {
		ret->n_disks_with = MAX(n, 1);
		ret->has_memory = found->has_memory;
	}
	test_guest_put(guests);
	return true;
}

bool test_snap_save(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	bool is_new = !g_hash_table_contains(t->tags, tag);

	(void)disks;
	(void)n;
	if (is_new) {
		struct test_tag *made = g_new0(struct test_tag, 1);

		made->has_memory = t->status != HV_GONE;
		made->memory = t->memory;
		g_hash_table_insert(t->tags, g_strdup(tag), made);
	}
	test_guest_put(guests);
	return is_new || fail(err, VIR_ERR_OPERATION_FAILED, "there is a snapshot '%s' already", tag);
}

/* A guest that is off has no memory to load. */
static bool load(struct test_guest *t, struct guest *g, const struct test_tag *tag, GError **err)
{
	if (t->status == HV_GONE)
		return true;
	if (!tag->has_memory)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the snapshot holds no memory");
	t->memory = tag->memory;
	t->resume = RUNNING_FROM_SNAPSHOT;
	if (t->status == HV_RUNNING)
		return test_guest_tell(t, g, GUEST_RUNNING, RUNNING_FROM_SNAPSHOT, err);
	if (t->status == HV_PAUSED)
		return test_guest_tell(t, g, GUEST_PAUSED, PAUSED_FROM_SNAPSHOT, err);
	return true;
}

bool test_snap_load(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	const struct test_tag *found = g_hash_table_lookup(t->tags, tag);
	bool done;

	(void)disks;
	(void)n;
	done = found ? load(t, g, found, err) :
		       fail(err, VIR_ERR_OPERATION_FAILED, "there is no snapshot '%s'", tag);
	test_guest_put(guests);
	return done;
}

bool test_snap_drop(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);

	(void)disks;
	(void)n;
	(void)err;
	g_hash_table_remove(test_guest_get(guests, g->uuid)->tags, tag);
	test_guest_put(guests);
	return true;
}

bool test_snap_settle(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	(void)g;
	(void)err;
	return true;
}
