/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The qemu driver against a real QEMU under TCG, with the test guest. The guard is a double of a
 * few lines (this program again, called domsh-guard), so that only the driver is on trial;
 * DOMSH_TEST_GUARD names another, and what the double cannot do is done with the real one.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/hv.h"
#include "driver/qemu/qmp.h"
#include "driver/qemu/session.h"
#include "driver/qemu/spec.h"
#include "xml/domain.h"

/* ---- The guard's double ---- */

static int lock_alive(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = sys_open_lockfile(GUARD_FD_RUN, "alive");

	g_assert_cmpint(fcntl(fd, F_OFD_SETLK, &lock), ==, 0);
	return fd;
}

static void become_qemu(const struct spec *s, const int *fds, int n)
{
	int log = sys_open_append(GUARD_FD_RUN, "log");
	int copies[32];

	for (int i = 0; i < n; i++)
		copies[i] = fcntl(fds[i], F_DUPFD, 100);
	log = fcntl(log, F_DUPFD, 100);
	setsid();
	umask(077);
	dup2(log, 1);
	dup2(log, 2);
	for (int i = 0; i < n; i++)
		dup2(copies[i], QEMU_FD_ALIVE + i);
	close_range((unsigned int)(QEMU_FD_ALIVE + n), ~0u, 0);
	for (int fd = QEMU_FD_GUARD; fd < QEMU_FD_FIRST + (int)s->sockets->len; fd++)
		listen(fd, 4);
	execve(s->argv[0], s->argv, s->env);
	_exit(127);
}

static pid_t start_qemu(const struct spec *s)
{
	int fds[32] = {lock_alive(), sys_bind_unix(GUARD_FD_RUN, "guard.qmp"),
		       sys_bind_unix(GUARD_FD_RUN, "ctl.qmp")};
	int n = 3;
	pid_t pid;

	for (guint i = 0; i < s->sockets->len; i++)
		fds[n++] = sys_bind_unix(GUARD_FD_RUN, g_ptr_array_index(s->sockets, i));
	for (guint i = 0; i < s->files->len; i++) {
		const struct spec_file *file = g_ptr_array_index(s->files, i);

		fds[n++] = openat(GUARD_FD_DIR, file->path, O_RDWR | O_CLOEXEC);
	}
	pid = fork();
	if (pid == 0)
		become_qemu(s, fds, n);
	for (int i = 0; i < n; i++)
		close(fds[i]);
	return pid;
}

static int guard_main(void)
{
	g_autoptr(guest_spec) s = spec_read(GUARD_FD_RUN, NULL);
	g_autoptr(qmp_client) q = NULL;
	pid_t pid = start_qemu(s);
	char packet[16];
	int status;

	for (int i = 0; i < 300 && !q; i++) {
		q = qmp_connect(GUARD_FD_RUN, "guard.qmp", NULL);
		if (!q)
			g_usleep(10000);
	}
	if (!q || !qmp_call(q, "query-status", NULL, NULL, NULL)) {
		static const char error[] = "error 9 QEMU did not start";

		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		send(GUARD_FD_CONTROL, error, strlen(error), MSG_NOSIGNAL);
		return 1;
	}
	send(GUARD_FD_CONTROL, "ready", 5, MSG_NOSIGNAL);
	if (recv(GUARD_FD_CONTROL, packet, sizeof(packet), 0) != 2)
		kill(pid, SIGKILL);
	close(GUARD_FD_CONTROL);
	waitpid(pid, &status, 0);
	return 0;
}

/* ---- Rig ---- */

/* NULL: the double. */
static const char *guard_program;

struct rig {
	char *dir;
	char *disks[2];
	struct hv *hv;
	struct guest g;
	struct xml_tree *tree;
	int serial;
	GString *heard;
};

static const struct hv_disk *rig_disks(const struct rig *r)
{
	static struct hv_disk disks[2];

	disks[0] = (struct hv_disk){"vda", r->disks[0], "qcow2"};
	disks[1] = (struct hv_disk){"vdb", r->disks[1], "qcow2"};
	return disks;
}

static void run(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void run(const char *format, ...)
{
	g_autofree char *command = NULL;
	g_autoptr(GError) error = NULL;
	int status;
	va_list args;

	va_start(args, format);
	command = g_strdup_vprintf(format, args);
	va_end(args);
	g_spawn_command_line_sync(command, NULL, NULL, &status, &error);
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, 0);
}

static char *domain_text(const struct rig *r, const char *machine)
{
	return g_strdup_printf(
		"<domain type='qemu'>\n  <name>t,1</name>\n"
		"  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
		"  <memory unit='MiB'>32</memory>\n  <currentMemory unit='MiB'>24</currentMemory>\n"
		"  <vcpu>1</vcpu>\n"
		"  <os><type arch='x86_64' machine='%s'>hvm</type><boot dev='hd'/></os>\n"
		"  <features><acpi/></features>\n  <devices>\n"
		"    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		"<source file='%s'/><target dev='vda' bus='virtio'/></disk>\n"
		"    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		"<source file='%s'/><target dev='vdb' bus='virtio'/></disk>\n"
		"    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>\n"
		"    <interface type='user'><model type='virtio'/></interface>\n"
		"    <serial type='unix'><source mode='bind'/></serial>\n"
		"    <serial type='pty'><target port='1'/></serial>\n"
		"    <graphics type='vnc' socket='%s/run/vnc.sock'/>\n"
		"    <video><model type='vga'/></video>\n"
		"    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
		"    <memballoon model='virtio'/>\n"
		"  </devices>\n</domain>\n",
		machine, r->disks[0], r->disks[1], r->dir);
}

static void rig_open_run(struct rig *r)
{
	g_autofree char *run_dir = g_build_filename(r->dir, "run", NULL);

	g_assert_cmpint(sys_mkdirat(r->g.dir_fd, "run"), ==, 0);
	r->g.run_fd = open_dir_at(AT_FDCWD, run_dir);
	g_assert_cmpint(r->g.run_fd, >=, 0);
}

static void rig_setup(struct rig *r, const char *machine)
{
	struct qemu_options options = {.guard_path = "/proc/self/exe"};
	g_autofree char *text = NULL;
	g_autofree char *guard = g_file_read_link("/proc/self/exe", NULL);
	g_autoptr(GError) error = NULL;
	bool pinned = false;

	memset(r, 0, sizeof(*r));
	options.guard_path = guard_program ? guard_program : guard;
	r->dir = g_dir_make_tmp("domsh-qemu-XXXXXX", &error);
	g_assert_no_error(error);
	for (int i = 0; i < 2; i++)
		r->disks[i] = g_strdup_printf("%s/disk,%d.qcow2", r->dir, i);
	run("tests/mkguest --qcow2 '%s'", r->disks[0]);
	run("qemu-img create -q -f qcow2 '%s' 4M", r->disks[1]);
	r->hv = qemu_hv_open(&options, &error);
	g_assert_no_error(error);
	text = domain_text(r, machine);
	r->tree = xml_parse(text, strlen(text), "domain", &error);
	g_assert_no_error(error);
	r->hv->ops->expand(r->hv, r->tree, &pinned, &error);
	g_assert_no_error(error);
	g_assert_true(pinned);
	r->g = (struct guest){.name = "t,1",
			      .uuid = "11111111-2222-3333-4444-555555555555",
			      .dir = r->dir,
			      .dir_fd = open_dir_at(AT_FDCWD, r->dir),
			      .run_fd = -1,
			      .run_id = "r1",
			      .id = 1,
			      .command = "test"};
	r->serial = -1;
	r->heard = g_string_new(NULL);
	rig_open_run(r);
}

/* Off afterwards: a guest without a run directory. */
static void rig_clear_run(struct rig *r)
{
	if (r->g.run_fd < 0)
		return;
	r->hv->ops->close_session(r->hv, &r->g);
	/* A real guard writes its last state when QEMU is gone. */
	for (int i = 0; i < 500 && session_has_guard(&r->g); i++)
		g_usleep(10000);
	if (r->serial >= 0)
		close(r->serial);
	r->serial = -1;
	close(r->g.run_fd);
	r->g.run_fd = -1;
	g_assert_true(sys_remove_tree(r->g.dir_fd, "run", NULL));
	g_string_truncate(r->heard, 0);
}

static void rig_teardown(struct rig *r)
{
	rig_clear_run(r);
	close(r->g.dir_fd);
	g_assert_true(sys_remove_tree(AT_FDCWD, r->dir, NULL));
	xml_free(r->tree);
	r->hv->ops->close(r->hv);
	g_string_free(r->heard, TRUE);
	g_free(r->disks[0]);
	g_free(r->disks[1]);
	g_free(r->dir);
}

static void rig_spawn(struct rig *r, bool incoming)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	g_autoptr(GError) error = NULL;

	if (r->g.run_fd < 0)
		rig_open_run(r);
	if (!r->hv->ops->spawn(r->hv, &r->g, r->tree, incoming, &error)) {
		g_autofree char *tail = session_log_tail(&r->g);

		g_test_message("log: %s", tail);
	}
	g_assert_no_error(error);
	r->serial = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/serial0.sock",
		   r->g.run_fd);
	g_assert_cmpint(connect(r->serial, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
	r->hv->ops->go(r->hv, &r->g, &error);
	g_assert_no_error(error);
}

/* The next line that begins with prefix. */
static char *hear(struct rig *r, const char *prefix)
{
	gint64 deadline = mono_ms() + 10000;

	for (;;) {
		char *newline = strchr(r->heard->str, '\n');
		struct pollfd poll_fd = {.fd = r->serial, .events = POLLIN};
		char buffer[256];
		ssize_t n;

		if (newline) {
			g_autofree char *line = g_strndup(r->heard->str,
							  (gsize)(newline - r->heard->str));

			g_string_erase(r->heard, 0, newline - r->heard->str + 1);
			if (g_str_has_prefix(line, prefix))
				return g_strdup(g_strchomp(line));
			continue;
		}
		g_assert_cmpint(mono_ms(), <, deadline);
		if (poll(&poll_fd, 1, 100) <= 0)
			continue;
		n = read(r->serial, buffer, sizeof(buffer));
		g_assert_cmpint(n, >, 0);
		g_string_append_len(r->heard, buffer, n);
	}
}

static char *say(struct rig *r, const char *word, const char *prefix)
{
	g_string_truncate(r->heard, 0);
	g_assert_cmpint(write(r->serial, word, 1), ==, 1);
	return hear(r, prefix);
}

static guint64 field(const char *line, const char *name, int which)
{
	const char *at = line;

	for (int i = 0; i <= which; i++) {
		at = strstr(at, name);
		g_assert_nonnull(at);
		at += strlen(name);
	}
	return g_ascii_strtoull(at, NULL, 16);
}

static void check_status(struct rig *r, enum hv_status wanted)
{
	g_autoptr(GError) error = NULL;
	enum hv_status status;

	r->hv->ops->status(r->hv, &r->g, &status, &error);
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, wanted);
}

#define DO(r, op, ...) \
	do { \
		g_autoptr(GError) do_error = NULL; \
		bool do_done = (r)->hv->ops->op((r)->hv, __VA_ARGS__, &do_error); \
		g_assert_no_error(do_error); \
		g_assert_true(do_done); \
	} while (0)

static void boot(struct rig *r)
{
	rig_spawn(r, false);
	check_status(r, HV_PRELAUNCH);
	DO(r, cont, &r->g);
	g_free(hear(r, "UP"));
}

/* ---- Tests ---- */

static void check_run_time_facts(struct rig *r)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	g_autofree char *path = xml_attr_at(
		xml_next(xml_at(xml_root(r->tree), "devices/serial"), "serial"), "source", "path");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char banner[13] = "";

	g_assert_true(g_str_has_prefix(path, "/dev/pts/"));
	g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/vnc.sock", r->g.run_fd);
	g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
	g_assert_cmpint(read(fd, banner, 12), ==, 12);
	g_assert_cmpstr(banner, ==, "RFB 003.008\n");
	close(fd);
}

static void test_life(gconstpointer machine)
{
	struct rig r;

	rig_setup(&r, machine);
	check_status(&r, HV_GONE);
	boot(&r);
	check_run_time_facts(&r);
	check_status(&r, HV_RUNNING);
	DO(&r, stop, &r.g);
	check_status(&r, HV_PAUSED);
	DO(&r, cont, &r.g);
	DO(&r, powerdown, &r.g);
	g_free(hear(&r, "BUTTON"));
	for (int i = 0; i < 500 && session_is_alive(&r.g); i++)
		g_usleep(10000);
	check_status(&r, HV_GONE);
	rig_teardown(&r);
}

static void test_quit(void)
{
	struct rig r;

	rig_setup(&r, "q35");
	boot(&r);
	DO(&r, quit, &r.g);
	check_status(&r, HV_GONE);
	DO(&r, quit, &r.g);
	rig_teardown(&r);
}

static void test_abandon(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;

	rig_setup(&r, "q35");
	r.hv->ops->spawn(r.hv, &r.g, r.tree, false, &error);
	g_assert_no_error(error);
	g_assert_true(session_is_alive(&r.g));
	r.hv->ops->abandon(r.hv, &r.g);
	g_assert_false(session_is_alive(&r.g));
	rig_teardown(&r);
}

static void check_tag(struct rig *r, const char *tag, unsigned int n, bool has_memory)
{
	struct hv_tag found;

	DO(r, tag_query, &r->g, rig_disks(r), 2, tag, &found);
	g_assert_cmpuint(found.n_disks_with, ==, n);
	g_assert_cmpint(found.has_memory, ==, has_memory);
}

static void test_snapshot_live(gconstpointer machine)
{
	static const char tag[] = "tag, with 'all' \"sorts\" of √";
	g_autofree char *before = NULL;
	g_autofree char *later = NULL;
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;
	struct rig r;
	bool has_bitmaps;

	rig_setup(&r, machine);
	boot(&r);
	before = say(&r, "w", "W ");
	DO(&r, snap_save, &r.g, rig_disks(&r), 2, tag);
	check_tag(&r, tag, 2, true);
	DO(&r, has_bitmaps, &r.g, rig_disks(&r), 2, &has_bitmaps);
	g_assert_false(has_bitmaps);
	g_usleep(300000);
	later = say(&r, "w", "W ");
	g_assert_cmpuint(field(later, "disk=", 1), >, field(before, "disk=", 1));
	DO(&r, snap_load, &r.g, rig_disks(&r), 2, tag);
	check_status(&r, HV_RUNNING);
	after = say(&r, "i", "mem=");
	for (int i = 0; i < 2; i++)
		g_assert_cmpuint(field(after, "disk=", i), ==, field(before, "disk=", i));
	g_assert_cmpuint(field(after, "mem=", 0), <, field(later, "mem=", 0));
	/* The same tag again is refused by QEMU in its job, not in its reply. */
	g_assert_false(r.hv->ops->snap_save(r.hv, &r.g, rig_disks(&r), 2, tag, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_FAILED);
	g_clear_error(&error);
	g_assert_false(r.hv->ops->snap_load(r.hv, &r.g, rig_disks(&r), 2, "absent", &error));
	check_status(&r, HV_STOPPED_BAD);
	DO(&r, cont, &r.g);
	DO(&r, snap_drop, &r.g, rig_disks(&r), 2, tag);
	check_tag(&r, tag, 0, false);
	DO(&r, snap_settle, &r.g);
	DO(&r, quit, &r.g);
	rig_teardown(&r);
}

static void save_image(struct rig *r)
{
	int fd = sys_create(r->g.dir_fd, "image");
	enum hv_job job;

	DO(r, stop, &r->g);
	g_assert_cmpint(sys_write(fd, "header..", 8), ==, 0);
	DO(r, save, &r->g, fd);
	g_assert_cmpint(lseek(fd, 0, SEEK_CUR), >, 100000);
	close(fd);
	check_status(r, HV_POSTMIGRATE);
	DO(r, save_job, &r->g, &job);
	g_assert_cmpint(job, ==, HV_JOB_DONE);
}

static void load_image(struct rig *r)
{
	int fd = open_file_at(r->g.dir_fd, "image");
	enum hv_job job;
	char magic[4];

	check_status(r, HV_INMIGRATE);
	g_assert_cmpint(pread(fd, magic, 4, 8), ==, 4);
	g_assert_cmpint(memcmp(magic, "QEVM", 4), ==, 0);
	lseek(fd, 8, SEEK_SET);
	DO(r, load, &r->g, fd);
	close(fd);
	check_status(r, HV_PAUSED);
	DO(r, save_job, &r->g, &job);
	g_assert_cmpint(job, ==, HV_JOB_NONE);
}

static void test_save(gconstpointer machine)
{
	struct rig r;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	rig_setup(&r, machine);
	boot(&r);
	before = say(&r, "w", "W ");
	save_image(&r);
	DO(&r, quit, &r.g);
	rig_clear_run(&r);
	rig_open_run(&r);
	rig_spawn(&r, true);
	load_image(&r);
	DO(&r, cont, &r.g);
	after = say(&r, "i", "mem=");
	for (int i = 0; i < 2; i++)
		g_assert_cmpuint(field(after, "disk=", i), ==, field(before, "disk=", i));
	g_assert_cmpuint(field(after, "mem=", 0) - field(before, "mem=", 0), <, 30);
	DO(&r, quit, &r.g);
	rig_teardown(&r);
}

static void test_load_garbage(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;
	int fd;

	rig_setup(&r, "q35");
	rig_spawn(&r, true);
	fd = sys_create(r.g.dir_fd, "image");
	g_assert_cmpint(sys_write(fd, "this is not a stream at all, really", 35), ==, 0);
	close(fd);
	fd = open_file_at(r.g.dir_fd, "image");
	g_assert_false(r.hv->ops->load(r.hv, &r.g, fd, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_FAILED);
	g_test_message("%s", error->message);
	close(fd);
	rig_teardown(&r);
}

static guint64 disk_counter(const struct rig *r, int i)
{
	g_autofree char *raw = g_strdup_printf("%s/raw", r->dir);
	g_autofree char *text = NULL;
	guint32 counter;

	run("qemu-img convert -f qcow2 -O raw '%s' '%s'", r->disks[i], raw);
	g_assert_true(g_file_get_contents(raw, &text, NULL, NULL));
	memcpy(&counter, text + 4100, sizeof(counter));
	return GUINT32_FROM_LE(counter);
}

static void run_and_write(struct rig *r, unsigned int ms)
{
	boot(r);
	g_usleep(ms * 1000);
	g_free(say(r, "w", "W "));
	DO(r, quit, &r->g);
	rig_clear_run(r);
}

static void test_snapshot_offline(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;
	struct hv_tag found;
	guint64 first;

	rig_setup(&r, "q35");
	run_and_write(&r, 100);
	first = disk_counter(&r, 1);
	g_assert_cmpuint(first, >, 0);
	DO(&r, snap_save, &r.g, rig_disks(&r), 2, "first");
	check_tag(&r, "first", 2, false);
	g_assert_false(r.hv->ops->snap_save(r.hv, &r.g, rig_disks(&r), 2, "first", &error));
	g_clear_error(&error);
	/* A duplicate on the second disk only: the first gets nothing. */
	run("qemu-img snapshot -c second '%s'", r.disks[1]);
	g_assert_false(r.hv->ops->snap_save(r.hv, &r.g, rig_disks(&r), 2, "second", &error));
	g_clear_error(&error);
	check_tag(&r, "second", 1, false);
	/* A tag that is another snapshot's id. */
	DO(&r, tag_query, &r.g, rig_disks(&r), 2, "1", &found);
	g_assert_true(found.id_collides);
	run_and_write(&r, 600);
	DO(&r, snap_save, &r.g, rig_disks(&r), 2, "1");
	DO(&r, snap_load, &r.g, rig_disks(&r), 2, "first");
	g_assert_cmpuint(disk_counter(&r, 0), ==, first);
	g_assert_cmpuint(disk_counter(&r, 1), ==, first);
	DO(&r, snap_load, &r.g, rig_disks(&r), 2, "1"); /* by name, although an id 1 exists */
	g_assert_cmpuint(disk_counter(&r, 1), !=, first);
	g_assert_false(r.hv->ops->snap_load(r.hv, &r.g, rig_disks(&r), 2, "second", &error));
	DO(&r, snap_drop, &r.g, rig_disks(&r), 2, "second");
	DO(&r, snap_drop, &r.g, rig_disks(&r), 2, "first");
	check_tag(&r, "first", 0, false);
	DO(&r, repair, rig_disks(&r), 2);
	rig_teardown(&r);
}

static void refuse_disk(struct rig *r, const struct hv_disk *disk, int code, const char *words)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(r->hv->ops->check_disk(r->hv, disk, false, &error));
	g_test_message("%s", error->message);
	if (code)
		g_assert_error(error, DOM_ERROR, code);
	g_assert_nonnull(strstr(error->message, words));
}

static void test_check_disk(void)
{
	struct rig r;
	struct hv_disk disk;
	g_autofree char *other = NULL;
	g_autofree char *digest = NULL;
	g_autofree char *digest_after = NULL;

	rig_setup(&r, "q35");
	disk = rig_disks(&r)[0];
	DO(&r, check_disk, &disk, false);
	digest = r.hv->ops->image_header(r.hv, disk.path, "qcow2", NULL);
	g_assert_cmpuint(strlen(digest), ==, 64);
	run("qemu-img snapshot -c s '%s'", disk.path);
	digest_after = r.hv->ops->image_header(r.hv, disk.path, "qcow2", NULL);
	g_assert_cmpstr(digest, !=, digest_after);
	disk.format = "raw";
	refuse_disk(&r, &disk, VIR_ERR_CONFIG_UNSUPPORTED, "the XML says 'raw'");
	other = g_strdup_printf("%s/other", r.dir);
	disk = (struct hv_disk){"vda", other, "qcow2"};
	refuse_disk(&r, &disk, 0, "No such file");
	run("qemu-img create -q -f qcow2 -u -b /etc/shadow -F raw '%s' 1M", other);
	refuse_disk(&r, &disk, VIR_ERR_CONFIG_UNSUPPORTED, "/etc/shadow");
	run("qemu-img create -q -f qcow2 -o data_file='%s/data' '%s' 1M", r.dir, other);
	refuse_disk(&r, &disk, VIR_ERR_CONFIG_UNSUPPORTED, "in another file");
	g_assert_cmpint(truncate(other, 0), ==, 0);
	refuse_disk(&r, &disk, VIR_ERR_CONFIG_UNSUPPORTED, "not a qcow2");
	boot(&r);
	disk = rig_disks(&r)[1];
	refuse_disk(&r, &disk, VIR_ERR_RESOURCE_BUSY, "in use");
	DO(&r, quit, &r.g);
	DO(&r, check_disk, &disk, false);
	rig_teardown(&r);
}

static void test_failing_start(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;

	rig_setup(&r, "q35");
	g_assert_cmpint(g_unlink(r.disks[1]), ==, 0);
	g_assert_false(r.hv->ops->spawn(r.hv, &r.g, r.tree, false, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_FAILED);
	g_assert_false(session_is_alive(&r.g));
	rig_teardown(&r);
}

static bool expect_expand_error(struct rig *r, struct xml_tree *tree, const char *words)
{
	g_autoptr(GError) error = NULL;
	bool pinned;

	g_assert_false(r->hv->ops->expand(r->hv, tree, &pinned, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, DOM_ERROR, VIR_ERR_CONFIG_UNSUPPORTED);
	g_assert_nonnull(strstr(error->message, words));
	return true;
}

static void test_expand(void)
{
	struct rig r;
	g_autoptr(xml_tree) tree = NULL;
	g_autofree char *machine = NULL;
	g_autofree char *none = NULL;
	bool pinned = true;

	rig_setup(&r, "q35");
	DO(&r, expand, r.tree, &pinned);
	g_assert_false(pinned);
	machine = r.hv->ops->machine_for(r.hv, NULL, "q35");
	g_assert_true(g_str_has_prefix(machine, "pc-q35-"));
	none = r.hv->ops->machine_for(r.hv, "/nowhere/qemu", "q35");
	g_assert_null(none);
	tree = xml_copy(r.tree);
	xml_set_text(xml_ensure(xml_at(xml_root(tree), "devices"), "emulator"), "/nowhere/qemu");
	expect_expand_error(&r, tree, "apt install qemu-system-x86");
	rig_teardown(&r);
}

/* The pid of the process that was executed as a guard of this directory, 0: none. */
static pid_t find_guard(const struct rig *r)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "cmdline", NULL);
		g_autofree char *text = NULL;
		gsize size = 0;

		if (!g_ascii_isdigit(*name) || !g_file_get_contents(path, &text, &size, NULL) ||
		    strcmp(text, "domsh-guard") != 0)
			continue;
		if (memmem(text, size, r->dir, strlen(r->dir)))
			return atoi(name);
	}
	return 0;
}

/* A guard that was killed: QEMU goes on, and another takes over. */
static void test_adopt(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *self_dir = g_path_get_dirname(self);
	g_autofree char *built = g_build_filename(self_dir, "..", "..", "domsh-guard", NULL);
	const char *before = guard_program;
	struct rig r;

	guard_program = before ? before : built;
	if (g_access(guard_program, X_OK) < 0) {
		guard_program = before;
		g_test_skip("there is no guard to adopt with");
		return;
	}
	rig_setup(&r, "q35");
	boot(&r);
	DO(&r, adopt, &r.g); /* there is one */
	g_assert_cmpint(kill(find_guard(&r), SIGKILL), ==, 0);
	for (int i = 0; i < 500 && session_has_guard(&r.g); i++)
		g_usleep(10000);
	g_assert_false(session_has_guard(&r.g));
	check_status(&r, HV_RUNNING);
	DO(&r, adopt, &r.g);
	g_assert_true(session_has_guard(&r.g));
	check_status(&r, HV_RUNNING);
	DO(&r, quit, &r.g);
	rig_teardown(&r);
	guard_program = before;
}

/* Firmware in flash, variables in the domain directory, made from their template. */
static void test_nvram(void)
{
	static const char loader[] = "/usr/share/seabios/bios-256k.bin";
	struct rig r;
	g_autofree char *template = NULL;
	struct xml_node *os, *node;

	if (g_access(loader, R_OK) < 0) {
		g_test_skip("no firmware to put into flash");
		return;
	}
	rig_setup(&r, "q35");
	template = g_build_filename(r.dir, "template", NULL);
	run("truncate -s 256K '%s'", template);
	os = xml_at(xml_root(r.tree), "os");
	node = xml_add(os, "loader");
	xml_set_attr(node, "readonly", "yes");
	xml_set_attr(node, "type", "pflash");
	xml_set_text(node, loader);
	xml_set_attr(xml_add(os, "nvram"), "template", template);
	boot(&r);
	g_assert_cmpint(exists_at(r.g.dir_fd, "nvram.fd"), ==, 1);
	DO(&r, snap_save, &r.g, rig_disks(&r), 2, "s");
	DO(&r, quit, &r.g);
	rig_teardown(&r);
}

int main(int argc, char **argv)
{
	static const char *const machines[] = {"pc", "q35"};

	if (strcmp(argv[0], "domsh-guard") == 0)
		return guard_main();
	g_test_init(&argc, &argv, NULL);
	guard_program = g_getenv("DOMSH_TEST_GUARD");
	if (g_access("/usr/bin/qemu-system-x86_64", X_OK) < 0) {
		g_print("1..0 # SKIP QEMU is not installed\n");
		return 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
		g_autofree char *life = g_strconcat("/qemu/life/", machines[i], NULL);
		g_autofree char *snapshot = g_strconcat("/qemu/snapshot-live/", machines[i], NULL);
		g_autofree char *save = g_strconcat("/qemu/save/", machines[i], NULL);

		g_test_add_data_func(life, machines[i], test_life);
		g_test_add_data_func(snapshot, machines[i], test_snapshot_live);
		g_test_add_data_func(save, machines[i], test_save);
	}
	g_test_add_func("/qemu/quit", test_quit);
	g_test_add_func("/qemu/abandon", test_abandon);
	g_test_add_func("/qemu/load-garbage", test_load_garbage);
	g_test_add_func("/qemu/snapshot-offline", test_snapshot_offline);
	g_test_add_func("/qemu/check-disk", test_check_disk);
	g_test_add_func("/qemu/failing-start", test_failing_start);
	g_test_add_func("/qemu/expand", test_expand);
	g_test_add_func("/qemu/nvram", test_nvram);
	g_test_add_func("/qemu/adopt", test_adopt);
	return g_test_run();
}
