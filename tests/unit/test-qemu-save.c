/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory to a file and back, and snapshot jobs, where the peer (tests/fake-qemu.c) does not do as
 * it says. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/save.h"
#include "driver/qemu/snapshot.h"

#define SETTINGS \
	"greet\nexpect migrate-set-capabilities\nreply {}\nexpect migrate-set-parameters\nreply {}\n" \
	"expect getfd\nreply {}\nexpect migrate\nreply {}\n"
#define ASKED(status) "expect query-migrate\nreply {\"status\": \"" status "\"" \
	", \"ram\": {\"total\": 100, \"remaining\": 40}}\n"

struct rig {
	char *dir;
	struct guest g;
	struct qmp *q;
	pid_t peer;
	int image;
};

static void rig_start(struct rig *r, const char *script)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *self_dir = g_path_get_dirname(self);
	g_autofree char *built = g_build_filename(self_dir, "..", "fake-qemu", NULL);
	const char *program = g_getenv("FAKE_QEMU") ? g_getenv("FAKE_QEMU") : built;
	g_autofree char *file = NULL;
	int pair[2];

	r->dir = g_dir_make_tmp("domsh-save-XXXXXX", NULL);
	r->g = (struct guest){.name = "t", .dir = r->dir, .dir_fd = -1};
	r->g.run_fd = open_dir_at(AT_FDCWD, r->dir);
	r->image = sys_create(r->g.run_fd, "image");
	file = g_build_filename(r->dir, "script", NULL);
	g_assert_true(g_file_set_contents(file, script, -1, NULL));
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
	r->peer = fork();
	if (r->peer == 0) {
		dup2(pair[1], 3);
		execl(program, "fake-qemu", "--fd", "3", file, NULL);
		_exit(127);
	}
	close(pair[1]);
	r->q = qmp_new(pair[0]);
}

static void rig_stop(struct rig *r)
{
	qmp_free(r->q);
	kill(r->peer, SIGKILL);
	waitpid(r->peer, NULL, 0);
	close(r->image);
	close(r->g.run_fd);
	g_assert_true(sys_remove_tree(AT_FDCWD, r->dir, NULL));
	g_free(r->dir);
}

static void check_save(const char *script, int code, const char *words)
{
	g_autoptr(GError) error = NULL;
	struct rig r;

	rig_start(&r, script);
	g_assert_false(save_write(&r.g, r.q, r.image, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, DOM_ERROR, code);
	g_assert_nonnull(strstr(error->message, words));
	g_assert_cmpint(exists_at(r.g.run_fd, "job"), ==, 0);
	g_assert_cmpint(exists_at(r.g.run_fd, "cancel"), ==, 0);
	rig_stop(&r);
}

static void test_empty(void)
{
	check_save(SETTINGS ASKED("completed") "silence\n", VIR_ERR_OPERATION_FAILED, "wrote nothing");
}

static void test_failed(void)
{
	check_save(SETTINGS "expect query-migrate\n"
		   "reply {\"status\": \"failed\", \"error-desc\": \"disk\\\\u001bfull\"}\nsilence\n",
		   VIR_ERR_OPERATION_FAILED, "disk full");
}

static void test_wrong_types(void)
{
	check_save(SETTINGS "expect query-migrate\nreply {\"status\": 5, \"ram\": []}\nsilence\n",
		   VIR_ERR_OPERATION_FAILED, "no reason");
}

static void test_death(void)
{
	check_save(SETTINGS ASKED("active") "line {\"event\": \"MIGRATION\"}\n"
		   "expect query-migrate\nclose\n", VIR_ERR_OPERATION_INVALID, "gone");
}

/* Progress is told, and `cancel` is seen at once, not at the next question. */
static void test_cancel(void)
{
	g_autoptr(GError) error = NULL;
	struct rig r;
	pid_t canceller;
	gint64 start;

	rig_start(&r, SETTINGS ASKED("setup") "expect query-migrate\nreply {\"status\": \"active\"}\n"
		      "expect migrate_cancel\nreply {}\n" ASKED("cancelling") ASKED("cancelled")
		      "silence\n");
	canceller = fork();
	if (canceller == 0) {
		g_usleep(100000);
		close(sys_create(r.g.run_fd, "cancel"));
		_exit(exists_at(r.g.run_fd, "job") == 1 ? 0 : 1);
	}
	start = mono_ms();
	g_assert_false(save_write(&r.g, r.q, r.image, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_ABORTED);
	g_assert_cmpint(mono_ms() - start, <, 450);
	waitpid(canceller, &r.image, 0);
	g_assert_cmpint(r.image, ==, 0);
	rig_stop(&r);
}

static void check_snapshot(const char *script, int code, const char *words)
{
	static const struct hv_disk disk = {"vda", "/a", "qcow2"};
	static const char found[] =
		"greet\nexpect query-jobs\nreply []\nexpect query-named-block-nodes\n"
		"reply [{\"node-name\": \"b1\", \"image\": {\"filename\": \"/etc/shadow\"}}]\n"
		"expect query-block\nreply [7, {\"qdev\": \"/machine/peripheral/ua-vda/virtio-backend\","
		" \"inserted\": {\"node-name\": \"b1\"}}]\n";
	g_autofree char *whole = g_strconcat(found, script, NULL);
	g_autoptr(GError) error = NULL;
	struct rig r;

	rig_start(&r, whole);
	g_assert_cmpint(snapshot_live(r.q, SNAPSHOT_OP_SAVE, &disk, 1, "s", &error), ==, code == 0);
	if (code) {
		g_test_message("%s", error->message);
		g_assert_error(error, DOM_ERROR, code);
		g_assert_nonnull(strstr(error->message, words));
	}
	rig_stop(&r);
}

#define JOB(status, more) "reply [{\"id\": \"other\", \"status\": \"ready\"}, " \
	"{\"id\": \"snapshot-save\", \"type\": \"snapshot-save\", \"status\": \"" status "\"" more "}]\n"
#define NEWS "line {\"event\": \"JOB_STATUS_CHANGE\", \"data\": {}}\n"

static void test_job(void)
{
	check_snapshot("expect snapshot-save\n" NEWS "reply {}\nexpect query-jobs\n"
		       JOB("running", "") "line {\"event\": \"STOP\"}\n" NEWS "expect query-jobs\n"
		       JOB("concluded", "") "expect job-dismiss\nreply {}\nsilence\n", 0, NULL);
}

static void test_job_error(void)
{
	check_snapshot("expect snapshot-save\nreply {}\nexpect query-jobs\n"
		       JOB("concluded", ", \"error\": \"no space\"")
		       "expect job-dismiss\nreply {}\nsilence\n",
		       VIR_ERR_OPERATION_FAILED, "no space");
}

static void test_job_lost(void)
{
	check_snapshot("expect snapshot-save\nreply {}\nexpect query-jobs\nreply []\nsilence\n",
		       VIR_ERR_INTERNAL_ERROR, "lost the job");
}

static void test_job_death(void)
{
	check_snapshot("expect snapshot-save\nclose\n", VIR_ERR_OPERATION_INVALID, "gone");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/save/empty", test_empty);
	g_test_add_func("/save/failed", test_failed);
	g_test_add_func("/save/wrong-types", test_wrong_types);
	g_test_add_func("/save/death", test_death);
	g_test_add_func("/save/cancel", test_cancel);
	g_test_add_func("/snapshot/job", test_job);
	g_test_add_func("/snapshot/job-error", test_job_error);
	g_test_add_func("/snapshot/job-lost", test_job_lost);
	g_test_add_func("/snapshot/job-death", test_job_death);
	return g_test_run();
}
