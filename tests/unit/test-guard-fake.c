/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fake hypervisor keeps what model/hv.h promises, and leaves halves where QEMU would. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/fake/fake.h"
#include "model/state.h"

struct rig {
	char *root;
	char *paths[2];
	struct hv_disk disks[2];
	struct hv *hv;
	struct guest guest;
};

static void set_up(struct rig *r, const void *data)
{
	(void)data;
	r->root = g_dir_make_tmp("domsh-fake-XXXXXX", NULL);
	g_assert_nonnull(r->root);
	for (int i = 0; i < 2; i++) {
		r->paths[i] = g_strdup_printf("%s/%c.qcow2", r->root, 'a' + i);
		g_assert_true(g_file_set_contents(r->paths[i], "", 0, NULL));
		r->disks[i] = (struct hv_disk){ i ? "vdb" : "vda", r->paths[i], "qcow2" };
	}
	r->hv = fake_hv_open();
	r->guest = (struct guest){ .name = "g",
				   .uuid = "u",
				   .dir = r->root,
				   .dir_fd = -1,
				   .run_id = "1",
				   .id = 7,
				   .command = "test" };
	r->guest.run_fd = open_dir_at(AT_FDCWD, r->root);
	g_assert_cmpint(r->guest.run_fd, >=, 0);
}

static void tear_down(struct rig *r, const void *data)
{
	(void)data;
	sys_fault_set(NULL);
	r->hv->ops->close_session(r->hv, &r->guest);
	r->hv->ops->quit(r->hv, &r->guest, NULL);
	close(r->guest.run_fd);
	g_assert_true(sys_remove_tree(AT_FDCWD, r->root, NULL));
	for (int i = 0; i < 2; i++)
		g_free(r->paths[i]);
	g_free(r->root);
}

static enum hv_status status(struct rig *r)
{
	enum hv_status s = HV_PANICKED;
	g_autoptr(GError) error = NULL;

	r->hv->ops->status(r->hv, &r->guest, &s, &error);
	g_assert_no_error(error);
	return s;
}

static void start(struct rig *r, bool incoming)
{
	const struct hv_ops *ops = r->hv->ops;
	g_autoptr(GError) error = NULL;

	ops->spawn(r->hv, &r->guest, NULL, incoming, &error);
	g_assert_no_error(error);
	ops->go(r->hv, &r->guest, &error);
	g_assert_no_error(error);
}

static void start_running(struct rig *r)
{
	start(r, false);
	g_assert_true(r->hv->ops->cont(r->hv, &r->guest, NULL));
}

static void work(struct rig *r, int times)
{
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < times; i++)
		fake_guest_work(r->guest.run_fd, r->disks, 2, &error);
	g_assert_no_error(error);
}

static void check_state(struct rig *r, enum guest_state want, int want_reason)
{
	g_autoptr(json_object) obj = json_read_file(r->guest.run_fd, "state", NULL);
	gint64 state = 0, reason = 0;

	g_assert_nonnull(obj);
	g_assert_true(json_get_int(obj, "state", &state) && json_get_int(obj, "reason", &reason));
	g_assert_cmpint(state, ==, want);
	g_assert_cmpint(reason, ==, want_reason);
}

static void check_numbers(struct rig *r, gint64 memory, gint64 first, gint64 second)
{
	gint64 got;

	if (memory >= 0) {
		g_assert_true(fake_guest_memory(r->guest.run_fd, &got, NULL));
		g_assert_cmpint(got, ==, memory);
	}
	g_assert_true(fake_disk_content(r->paths[0], &got, NULL));
	g_assert_cmpint(got, ==, first);
	g_assert_true(fake_disk_content(r->paths[1], &got, NULL));
	g_assert_cmpint(got, ==, second);
}

static void test_life(struct rig *r, const void *data)
{
	const struct hv_ops *ops = r->hv->ops;

	(void)data;
	g_assert_cmpint(status(r), ==, HV_GONE);
	start(r, false);
	g_assert_cmpint(status(r), ==, HV_PRELAUNCH);
	check_state(r, GUEST_PAUSED, 11);
	g_assert_true(ops->cont(r->hv, &r->guest, NULL));
	check_state(r, GUEST_RUNNING, 1);
	work(r, 3);
	check_numbers(r, 3, 3, 3);
	g_assert_true(ops->stop(r->hv, &r->guest, NULL));
	check_state(r, GUEST_PAUSED, 1);
	g_assert_true(ops->cont(r->hv, &r->guest, NULL));
	check_state(r, GUEST_RUNNING, 5);
	g_assert_true(ops->quit(r->hv, &r->guest, NULL));
	g_assert_cmpint(status(r), ==, HV_GONE);
	check_state(r, GUEST_SHUTOFF, 2);
	g_assert_true(ops->quit(r->hv, &r->guest, NULL));
}

static void test_poweroff(struct rig *r, const void *data)
{
	(void)data;
	start_running(r);
	g_assert_true(fake_guest_poweroff(r->guest.run_fd, NULL));
	g_assert_cmpint(status(r), ==, HV_GONE);
	check_state(r, GUEST_SHUTOFF, 1);
}

static void test_abandon(struct rig *r, const void *data)
{
	(void)data;
	g_assert_true(r->hv->ops->spawn(r->hv, &r->guest, NULL, false, NULL));
	r->hv->ops->abandon(r->hv, &r->guest);
	g_assert_cmpint(status(r), ==, HV_GONE);
}

/* A client that dies before go takes the guest with it; after go it does not. */
static void test_client_dies(struct rig *r, const void *data)
{
	bool with_go = data != NULL;
	pid_t pid = fork();

	if (pid == 0) {
		bool ok = r->hv->ops->spawn(r->hv, &r->guest, NULL, false, NULL) &&
			  (!with_go || r->hv->ops->go(r->hv, &r->guest, NULL));
		_exit(!ok);
	}
	g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	for (int i = 0; i < 1000 && !with_go && status(r) != HV_GONE; i++)
		g_usleep(1000);
	g_assert_cmpint(status(r), ==, with_go ? HV_PRELAUNCH : HV_GONE);
}

static void test_save(struct rig *r, const void *data)
{
	const struct hv_ops *ops = r->hv->ops;
	int fd = sys_create(r->guest.run_fd, "image");
	enum hv_job job;

	(void)data;
	start_running(r);
	work(r, 5);
	g_assert_false(ops->save(r->hv, &r->guest, fd, NULL));
	g_assert_true(ops->stop(r->hv, &r->guest, NULL));
	g_assert_true(ops->save(r->hv, &r->guest, fd, NULL));
	g_assert_cmpint(status(r), ==, HV_POSTMIGRATE);
	g_assert_true(ops->save_job(r->hv, &r->guest, &job, NULL));
	g_assert_cmpint(job, ==, HV_JOB_DONE);
	g_assert_true(ops->quit(r->hv, &r->guest, NULL));
	check_state(r, GUEST_SHUTOFF, 5);
	close(fd);
	start(r, true);
	g_assert_cmpint(status(r), ==, HV_INMIGRATE);
	g_assert_false(ops->cont(r->hv, &r->guest, NULL));
	fd = open_file_at(r->guest.run_fd, "image");
	g_assert_true(ops->load(r->hv, &r->guest, fd, NULL));
	close(fd);
	g_assert_cmpint(status(r), ==, HV_PAUSED);
	g_assert_true(ops->cont(r->hv, &r->guest, NULL));
	check_state(r, GUEST_RUNNING, 3);
	check_numbers(r, 5, 5, 5);
}

static void test_bad_stream(struct rig *r, const void *data)
{
	int fd;

	(void)data;
	g_assert_true(sys_put_file(r->guest.run_fd, "image", "fake memory 0", 13, NULL));
	fd = open_file_at(r->guest.run_fd, "image");
	start(r, true);
	g_assert_false(r->hv->ops->load(r->hv, &r->guest, fd, NULL));
	close(fd);
	g_assert_cmpint(status(r), ==, HV_GONE);
}

static unsigned int disks_with(struct rig *r, const char *tag, bool want_memory)
{
	struct hv_tag found;

	g_assert_true(r->hv->ops->tag_query(r->hv, &r->guest, r->disks, 2, tag, &found, NULL));
	g_assert_cmpint(found.has_memory, ==, want_memory);
	return found.n_disks_with;
}

static void test_snapshots(struct rig *r, const void *data)
{
	const struct hv_ops *ops = r->hv->ops;

	(void)data;
	start_running(r);
	work(r, 2);
	g_assert_true(ops->snap_save(r->hv, &r->guest, r->disks, 2, "s1", NULL));
	g_assert_cmpint(disks_with(r, "s1", true), ==, 2);
	g_assert_false(ops->snap_save(r->hv, &r->guest, r->disks, 2, "s1", NULL));
	work(r, 2);
	check_numbers(r, 4, 4, 4);
	g_assert_true(ops->snap_load(r->hv, &r->guest, r->disks, 2, "s1", NULL));
	check_numbers(r, 2, 2, 2);
	g_assert_cmpint(status(r), ==, HV_RUNNING);
	g_assert_false(ops->snap_load(r->hv, &r->guest, r->disks, 2, "none", NULL));
	g_assert_cmpint(status(r), ==, HV_STOPPED_BAD);
	check_numbers(r, 2, 2, 2);
	g_assert_true(ops->cont(r->hv, &r->guest, NULL));
	g_assert_true(ops->snap_drop(r->hv, &r->guest, r->disks, 2, "s1", NULL));
	g_assert_cmpint(disks_with(r, "s1", false), ==, 0);
	g_assert_true(ops->snap_drop(r->hv, &r->guest, r->disks, 2, "s1", NULL));
}

static void test_snapshots_off(struct rig *r, const void *data)
{
	const struct hv_ops *ops = r->hv->ops;
	g_autofree char *before = ops->image_header(r->hv, r->paths[0], "qcow2", NULL);
	g_autofree char *after = NULL;
	struct hv_tag found;

	(void)data;
	g_assert_true(ops->snap_save(r->hv, &r->guest, r->disks, 2, "off", NULL));
	g_assert_cmpint(disks_with(r, "off", false), ==, 2);
	after = ops->image_header(r->hv, r->paths[0], "qcow2", NULL);
	g_assert_cmpstr(before, !=, after);
	g_assert_null(ops->image_header(r->hv, r->paths[0], "raw", NULL));
	start_running(r);
	work(r, 1);
	g_assert_true(ops->quit(r->hv, &r->guest, NULL));
	g_assert_true(ops->snap_load(r->hv, &r->guest, r->disks, 2, "off", NULL));
	check_numbers(r, -1, 0, 0);
	g_assert_true(ops->tag_query(r->hv, &r->guest, r->disks, 2, "1", &found, NULL));
	g_assert_true(found.id_collides);
	g_assert_cmpint(found.n_disks_with, ==, 0);
}

/* Each point of each primitive fails once: halves are possible, and doing it again heals them. */
static void test_faults(struct rig *r, const void *data)
{
	const struct hv_ops *ops = r->hv->ops;
	bool has_fired = true, was_partial = false;

	(void)data;
	start_running(r);
	for (int n = 1; has_fired; n++) {
		g_autofree char *fault = g_strdup_printf("eio:%d", n);
		struct hv_tag found;
		bool done;

		sys_fault_set(fault);
		done = ops->snap_save(r->hv, &r->guest, r->disks, 2, "s", NULL);
		has_fired = sys_fault_fired();
		sys_fault_set(NULL);
		g_assert_cmpint(done, ==, !has_fired);
		g_assert_true(ops->tag_query(r->hv, &r->guest, r->disks, 2, "s", &found, NULL));
		was_partial |= found.n_disks_with == 1;
		g_assert_true(ops->snap_drop(r->hv, &r->guest, r->disks, 2, "s", NULL));
	}
	g_assert_true(was_partial);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define CASE(name, data, function) \
	g_test_add("/fake/" name, struct rig, data, set_up, function, tear_down)
	CASE("life", NULL, test_life);
	CASE("poweroff", NULL, test_poweroff);
	CASE("abandon", NULL, test_abandon);
	CASE("client-dies-before-go", NULL, test_client_dies);
	CASE("client-dies-after-go", "go", test_client_dies);
	CASE("save", NULL, test_save);
	CASE("bad-stream", NULL, test_bad_stream);
	CASE("snapshots", NULL, test_snapshots);
	CASE("snapshots-off", NULL, test_snapshots_off);
	CASE("faults", NULL, test_faults);
	return g_test_run();
}
