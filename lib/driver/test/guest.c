/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/test/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"

struct test_guests {
	GMutex mutex;
	GHashTable *by_uuid; /* uuid → struct test_guest */
};

/* ---- All of them ---- */

static void guest_free(struct test_guest *t)
{
	test_guest_end(t);
	g_hash_table_unref(t->tags);
	g_free(t->run_id);
	g_free(t);
}

struct test_guests *test_guests_new(void)
{
	struct test_guests *guests = g_new0(struct test_guests, 1);

	g_mutex_init(&guests->mutex);
	guests->by_uuid = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						(GDestroyNotify)guest_free);
	return guests;
}

void test_guests_free(struct test_guests *guests)
{
	g_hash_table_unref(guests->by_uuid);
	g_mutex_clear(&guests->mutex);
	g_free(guests);
}

struct test_guest *test_guest_get(struct test_guests *guests, const char *uuid)
{
	struct test_guest *t;

	g_mutex_lock(&guests->mutex);
	t = g_hash_table_lookup(guests->by_uuid, uuid);
	if (!t) {
		t = g_new0(struct test_guest, 1);
		t->alive = t->guard = -1;
		t->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_hash_table_insert(guests->by_uuid, g_strdup(uuid), t);
	}
	return t;
}

void test_guest_put(struct test_guests *guests)
{
	g_mutex_unlock(&guests->mutex);
}

/* ---- One run ---- */

static int take_lock(int run_fd, const char *name, GError **err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	auto_close int fd = sys_open_lockfile(run_fd, name);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return take_fd(&fd);
	fail_os(err, errno, "lock run/%s", name);
	return -1;
}

bool test_guest_begin(struct test_guest *t, const struct guest *g, GError **err)
{
	test_guest_end(t);
	t->guard = take_lock(g->run_fd, "guard", err);
	if (t->guard < 0)
		return false;
	t->alive = take_lock(g->run_fd, "alive", err);
	g_free(t->run_id);
	t->run_id = g_strdup(g->run_id);
	t->seq = 0;
	t->job = HV_JOB_NONE;
	if (t->alive >= 0 && test_guest_tell(t, g, GUEST_PAUSED, PAUSED_STARTING_UP, err))
		return true;
	test_guest_end(t);
	return false;
}

bool test_guest_tell(struct test_guest *t, const struct guest *g, enum guest_state state,
		     int reason, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();
	const char *text;

	json_set_int(obj, "v", 1);
	json_set_string(obj, "run_id", g->run_id);
	json_set_int(obj, "id", g->id);
	json_set_string(obj, "boot_id", host_boot_id());
	json_set_string(obj, "machine_id", host_machine_id());
	json_set_int(obj, "pid", 0);
	json_set_int(obj, "pid_start", 0);
	json_set_int(obj, "state", state);
	json_set_int(obj, "reason", reason);
	json_set_int(obj, "since", now_sec());
	json_set_int(obj, "seq", ++t->seq);
	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	return sys_replace_file_volatile(g->run_fd, "state", text, strlen(text), err);
}

void test_guest_end(struct test_guest *t)
{
	close_fd(&t->alive);
	close_fd(&t->guard);
	t->status = HV_GONE;
}
