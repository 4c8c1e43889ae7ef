/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/test/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "driver/test/guest.h"
#include "driver/test/place.h"
#include "driver/test/snap.h"
#include "xml/tree.h"

#define STREAM_FORMAT "test memory %020" G_GINT64_FORMAT "\n"
#define STREAM_SIZE 33 /* what it makes */

struct test_hv {
	struct hv hv;
	struct place *place;
	struct test_guests *guests;
	int n_open;
};

static struct test_hv *self(struct hv *hv)
{
	return (struct test_hv *)hv;
}

struct test_guests *test_hv_guests(struct hv *hv)
{
	return self(hv)->guests;
}

const char *test_hv_root(const struct hv *hv)
{
	return place_root(((const struct test_hv *)hv)->place);
}

/* ---- Configuration ---- */

static char *machine_for(struct hv *hv, const char *emulator, const char *alias)
{
	(void)hv;
	(void)emulator;
	(void)alias;
	return NULL;
}

static bool expand(struct hv *hv, struct xml_tree *tree, bool *ret_pinned, GError **err)
{
	(void)hv;
	(void)tree;
	(void)err;
	*ret_pinned = false;
	return true;
}

/* Nothing is built, so that nothing can be ignored; only a guest of another kind is not one. */
static GPtrArray *unsupported(const struct xml_tree *domain)
{
	g_autofree char *type = xml_attr(xml_root(domain), "type");
	GPtrArray *list;

	if (g_strcmp0(type, "test") == 0)
		return NULL;
	list = g_ptr_array_new_with_free_func((GDestroyNotify)reason_free);
	g_ptr_array_add(list, reason_new("unsupported-xml", "@type", type, NULL));
	return list;
}

static bool check_disk(struct hv *hv, const struct hv_disk *disk, bool is_readonly, GError **err)
{
	(void)hv;
	(void)disk;
	(void)is_readonly;
	(void)err;
	return true;
}

/* ---- Life ---- */

static bool spawn(struct hv *hv, struct guest *g, struct xml_tree *tree, bool incoming,
		  GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	bool done = test_guest_begin(t, g, err);

	(void)tree;
	if (done) {
		t->status = incoming ? HV_INMIGRATE : HV_PRELAUNCH;
		t->resume = RUNNING_BOOTED;
		t->memory++;
	}
	test_guest_put(guests);
	return done;
}

static bool go(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	(void)g;
	(void)err;
	return true;
}

static void abandon(struct hv *hv, struct guest *g)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);

	/* Rests of an earlier run are swept while a later one lives. */
	if (g_strcmp0(t->run_id, g->run_id) == 0)
		test_guest_end(t);
	test_guest_put(guests);
}

static bool status(struct hv *hv, struct guest *g, enum hv_status *ret, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);

	(void)err;
	*ret = test_guest_get(guests, g->uuid)->status;
	test_guest_put(guests);
	return true;
}

/* ---- What changes a living guest ---- */

typedef bool (*change)(struct test_guest *t, struct guest *g, GError **err);

static bool on_guest(struct hv *hv, struct guest *g, change act, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	bool done = t->status != HV_GONE ? act(t, g, err) :
					   fail(err, VIR_ERR_OPERATION_INVALID, "the guest is gone");

	test_guest_put(guests);
	return done;
}

static bool cont_guest(struct test_guest *t, struct guest *g, GError **err)
{
	if (t->status == HV_INMIGRATE || t->status == HV_SHUTDOWN || t->status == HV_PANICKED)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the guest cannot go on from here");
	if (!test_guest_tell(t, g, GUEST_RUNNING, t->resume, err))
		return false;
	t->status = HV_RUNNING;
	return true;
}

static bool cont(struct hv *hv, struct guest *g, GError **err)
{
	return on_guest(hv, g, cont_guest, err);
}

/* One that has not run yet, but came from a snapshot, is told to be from there. */
static bool stop_guest(struct test_guest *t, struct guest *g, GError **err)
{
	bool is_fresh = t->status == HV_PRELAUNCH && t->resume == RUNNING_FROM_SNAPSHOT;

	if (t->status != HV_RUNNING && !is_fresh)
		return true;
	if (!test_guest_tell(t, g, GUEST_PAUSED, is_fresh ? PAUSED_FROM_SNAPSHOT : PAUSED_USER, err))
		return false;
	t->resume = RUNNING_UNPAUSED;
	t->status = HV_PAUSED;
	return true;
}

static bool stop(struct hv *hv, struct guest *g, GError **err)
{
	return on_guest(hv, g, stop_guest, err);
}

static bool power_down(struct test_guest *t, struct guest *g, GError **err)
{
	if (!test_guest_tell(t, g, GUEST_SHUTOFF, SHUTOFF_SHUTDOWN, err))
		return false;
	test_guest_end(t);
	return true;
}

static bool powerdown(struct hv *hv, struct guest *g, GError **err)
{
	return on_guest(hv, g, power_down, err);
}

static bool quit(struct hv *hv, struct guest *g, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	int reason = t->status == HV_POSTMIGRATE ? SHUTOFF_SAVED : SHUTOFF_DESTROYED;
	bool done = t->status == HV_GONE || test_guest_tell(t, g, GUEST_SHUTOFF, reason, err);

	if (done)
		test_guest_end(t);
	test_guest_put(guests);
	return done;
}

/* ---- As a node file says ---- */

static const enum hv_status status_of[] = {
	[GUEST_NOSTATE] = HV_RUNNING,   [GUEST_RUNNING] = HV_RUNNING,
	[GUEST_BLOCKED] = HV_RUNNING,   [GUEST_PAUSED] = HV_PAUSED,
	[GUEST_SHUTDOWN] = HV_SHUTDOWN, [GUEST_SHUTOFF] = HV_SHUTDOWN,
	[GUEST_CRASHED] = HV_PANICKED,  [GUEST_PMSUSPENDED] = HV_PAUSED,
};

bool test_hv_pretend(struct hv *hv, struct guest *g, enum guest_state state, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	bool done = test_guest_tell(t, g, state, 0, err);

	t->status = status_of[state];
	t->resume = RUNNING_UNPAUSED;
	test_guest_put(guests);
	return done;
}

void test_hv_add_tag(struct hv *hv, const char *uuid, const char *tag, bool has_memory)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_tag *made = g_new0(struct test_tag, 1);

	made->has_memory = has_memory;
	g_hash_table_insert(test_guest_get(guests, uuid)->tags, g_strdup(tag), made);
	test_guest_put(guests);
}

/* ---- Memory in a file ---- */

static bool save(struct hv *hv, struct guest *g, int fd, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	struct test_guest *t = test_guest_get(guests, g->uuid);
	g_autofree char *text = g_strdup_printf(STREAM_FORMAT, t->memory);
	bool done = true;

	if (t->status != HV_PAUSED && t->status != HV_PRELAUNCH)
		done = fail(err, VIR_ERR_OPERATION_FAILED, "the guest must be paused to be saved");
	else if (sys_write(fd, text, strlen(text)) < 0)
		done = fail_os(err, errno, "write the guest's memory");
	t->job = done ? HV_JOB_DONE : HV_JOB_FAILED;
	if (done)
		t->status = HV_POSTMIGRATE;
	test_guest_put(guests);
	return done;
}

static bool load(struct hv *hv, struct guest *g, int fd, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);
	char text[STREAM_SIZE + 1] = "";
	struct test_guest *t;
	gint64 memory;

	if (TEMP_FAILURE_RETRY(read(fd, text, STREAM_SIZE)) != STREAM_SIZE ||
	    sscanf(text, "test memory %" G_GINT64_FORMAT, &memory) != 1)
		return fail(err, VIR_ERR_OPERATION_FAILED, "not a stream of the guest's memory");
	t = test_guest_get(guests, g->uuid);
	t->memory = memory;
	t->status = HV_PAUSED;
	t->resume = RUNNING_RESTORED;
	test_guest_put(guests);
	return true;
}

static bool save_job(struct hv *hv, struct guest *g, enum hv_job *ret, GError **err)
{
	struct test_guests *guests = test_hv_guests(hv);

	(void)err;
	*ret = test_guest_get(guests, g->uuid)->job;
	test_guest_put(guests);
	return true;
}

/* ---- What there is nothing to do for ---- */

static bool nothing(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	(void)g;
	(void)err;
	return true;
}

static bool repair(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err)
{
	(void)hv;
	(void)disks;
	(void)n;
	(void)err;
	return true;
}

static bool has_bitmaps(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			bool *ret, GError **err)
{
	(void)hv;
	(void)g;
	(void)disks;
	(void)n;
	(void)err;
	*ret = false;
	return true;
}

static void close_session(struct hv *hv, struct guest *g)
{
	(void)hv;
	(void)g;
}

/* ---- Opening ---- */

/* The one that connections of this process share, as libvirt's do: the only state of the library
 * that is not behind a connection. */
static GMutex shared_mutex;
static struct test_hv *shared_hv;

static void free_hv(struct test_hv *t)
{
	test_guests_free(t->guests);
	place_close(t->place);
	g_free(t);
}

static void close_hv(struct hv *hv)
{
	struct test_hv *t = self(hv);
	bool is_last;

	g_mutex_lock(&shared_mutex);
	is_last = --t->n_open == 0;
	if (is_last && t == shared_hv)
		shared_hv = NULL;
	g_mutex_unlock(&shared_mutex);
	if (is_last)
		free_hv(t);
}

static const struct hv_ops test_ops = {
	.name = "TEST",
	.simulates_disks = true,
	.machine_for = machine_for,
	.unsupported = unsupported,
	.expand = expand,
	.spawn = spawn,
	.go = go,
	.abandon = abandon,
	.adopt = nothing,
	.status = status,
	.cont = cont,
	.stop = stop,
	.powerdown = powerdown,
	.quit = quit,
	.save = save,
	.load = load,
	.save_job = save_job,
	.save_cancel = nothing,
	.snap_save = test_snap_save,
	.snap_load = test_snap_load,
	.snap_drop = test_snap_drop,
	.tag_query = test_tag_query,
	.snap_settle = test_snap_settle,
	.repair = repair,
	.has_bitmaps = has_bitmaps,
	.check_disk = check_disk,
	.close_session = close_session,
	.close = close_hv,
};

static struct test_hv *new_hv(test_fill fill, void *data, GError **err)
{
	struct place *place = place_open(err);
	struct test_hv *t;

	if (!place)
		return NULL;
	t = g_new0(struct test_hv, 1);
	t->hv.ops = &test_ops;
	t->place = place;
	t->guests = test_guests_new();
	t->n_open = 1;
	if (fill(&t->hv, data, err))
		return t;
	free_hv(t);
	return NULL;
}

struct hv *test_hv_open(bool shared, test_fill fill, void *data, GError **err)
{
	struct test_hv *t;

	if (!shared) {
		t = new_hv(fill, data, err);
		return t ? &t->hv : NULL;
	}
	g_mutex_lock(&shared_mutex);
	t = shared_hv;
	if (t)
		t->n_open++;
	else
		t = shared_hv = new_hv(fill, data, err);
	g_mutex_unlock(&shared_mutex);
	return t ? &t->hv : NULL;
}
