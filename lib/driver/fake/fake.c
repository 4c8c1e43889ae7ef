/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/fake/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/fake/disk.h"
#include "driver/fake/machine.h"
#include "driver/fake/snap.h"
#include "xml/elements.h"

#define STREAM_FORMAT "fake memory %020" G_GINT64_FORMAT "\n"
#define STREAM_SIZE 33 /* what it makes */

/* What guest->session is here: the process's leash between spawn and go. */
struct session {
	int leash;
};

static bool point(const char *name, GError **err)
{
	return sys_point(name) == 0 || fail_os(err, errno, "%s", name);
}

static void close_session(struct hv *hv, struct guest *g)
{
	struct session *session = g->session;

	(void)hv;
	if (session)
		close_fd(&session->leash);
	g_free(session);
	g->session = NULL;
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
	if (!point("fake.expand", err))
		return false;
	*ret_pinned = false;
	return true;
}

/* ---- Process ---- */

static bool spawn(struct hv *hv, struct guest *g, struct xml_tree *tree, bool incoming,
		  GError **err)
{
	struct machine m = { .status = incoming ? HV_INMIGRATE : HV_PRELAUNCH,
			     .resume = RUNNING_BOOTED };
	auto_close int leash = -1;
	struct session *session;

	(void)tree;
	close_session(hv, g);
	if (!point("fake.spawn", err) || !machine_spawn(g, &leash, err) ||
	    !machine_write(g->run_fd, &m, err) || !point("fake.ready", err))
		return false;
	session = g_new0(struct session, 1);
	session->leash = take_fd(&leash);
	g->session = session;
	return true;
}

static bool go(struct hv *hv, struct guest *g, GError **err)
{
	struct session *session = g->session;

	if (!point("fake.go", err))
		return false;
	if (session && session->leash >= 0 && !machine_release(session->leash, err))
		return false;
	close_session(hv, g);
	return true;
}

static void abandon(struct hv *hv, struct guest *g)
{
	close_session(hv, g);
	machine_kill(g->run_fd, NULL);
}

/* The process needs its client no more, as with any guard. */
static bool adopt(struct hv *hv, struct guest *g, GError **err)
{
	struct session *session = g->session;

	if (session && session->leash >= 0 && !machine_release(session->leash, err))
		return false;
	close_session(hv, g);
	return true;
}

static bool status(struct hv *hv, struct guest *g, enum hv_status *ret, GError **err)
{
	struct machine m;

	(void)hv;
	if (!machine_read(g->run_fd, &m, err))
		return false;
	*ret = m.status;
	return true;
}

static bool cont(struct hv *hv, struct guest *g, GError **err)
{
	struct machine m;

	(void)hv;
	if (!point("fake.cont", err) || !machine_read_alive(g->run_fd, &m, err))
		return false;
	if (m.status == HV_INMIGRATE || m.status == HV_SHUTDOWN)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the guest cannot go on from here");
	m.status = HV_RUNNING;
	return machine_write(g->run_fd, &m, err) &&
	       machine_tell(g->run_fd, GUEST_RUNNING, m.resume, err);
}

static bool stop(struct hv *hv, struct guest *g, GError **err)
{
	struct machine m;

	(void)hv;
	if (!point("fake.stop", err) || !machine_read_alive(g->run_fd, &m, err))
		return false;
	if (m.status != HV_RUNNING && m.status != HV_PAUSED)
		return true;
	if (m.status == HV_RUNNING)
		m.resume = RUNNING_UNPAUSED;
	m.status = HV_PAUSED;
	return machine_write(g->run_fd, &m, err) &&
	       machine_tell(g->run_fd, GUEST_PAUSED, PAUSED_USER, err);
}

/* The end of a guest, then what its guard would write. */
static bool end(int run_fd, int reason, GError **err)
{
	return machine_kill(run_fd, err) && machine_tell(run_fd, GUEST_SHUTOFF, reason, err);
}

static bool powerdown(struct hv *hv, struct guest *g, GError **err)
{
	struct machine m;

	(void)hv;
	return point("fake.powerdown", err) && machine_read_alive(g->run_fd, &m, err) &&
	       end(g->run_fd, SHUTOFF_SHUTDOWN, err);
}

static bool quit(struct hv *hv, struct guest *g, GError **err)
{
	struct machine m;

	close_session(hv, g);
	if (!point("fake.quit", err) || !machine_read(g->run_fd, &m, err))
		return false;
	if (m.status == HV_GONE)
		return true;
	return end(g->run_fd, m.status == HV_POSTMIGRATE ? SHUTOFF_SAVED : SHUTOFF_DESTROYED, err);
}

/* ---- Memory in a file ---- */

/* Two writes, so that a kill can come between them. */
static bool write_stream(int fd, gint64 memory, GError **err)
{
	g_autofree char *text = g_strdup_printf(STREAM_FORMAT, memory);
	size_t size = strlen(text), half = size / 2;

	if (sys_write(fd, text, half) < 0 || sys_write(fd, text + half, size - half) < 0)
		return fail_os(err, errno, "write the guest's memory");
	return true;
}

static bool save(struct hv *hv, struct guest *g, int fd, GError **err)
{
	g_autoptr(GError) error = NULL;
	struct machine m;

	(void)hv;
	if (!point("fake.save", err) || !machine_read_alive(g->run_fd, &m, err))
		return false;
	if (m.status == HV_RUNNING || m.status == HV_POSTMIGRATE)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the guest must be stopped to be saved");
	m.job = HV_JOB_ACTIVE;
	if (!machine_write(g->run_fd, &m, err))
		return false;
	if (!write_stream(fd, m.memory, &error)) {
		m.job = HV_JOB_FAILED;
		machine_write(g->run_fd, &m, NULL);
		g_propagate_error(err, g_steal_pointer(&error));
		return false;
	}
	m.job = HV_JOB_DONE;
	m.status = HV_POSTMIGRATE;
	return machine_write(g->run_fd, &m, err);
}

static bool load(struct hv *hv, struct guest *g, int fd, GError **err)
{
	char text[STREAM_SIZE + 1] = "";
	struct machine m;

	(void)hv;
	if (!point("fake.load", err) || !machine_read_alive(g->run_fd, &m, err))
		return false;
	if (m.status != HV_INMIGRATE)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the guest does not wait for memory");
	if (TEMP_FAILURE_RETRY(read(fd, text, STREAM_SIZE)) != STREAM_SIZE ||
	    sscanf(text, "fake memory %" G_GINT64_FORMAT, &m.memory) != 1) {
		machine_kill(g->run_fd, NULL);
		return fail(err, VIR_ERR_OPERATION_FAILED, "not a stream of the guest's memory");
	}
	m.status = HV_PAUSED;
	m.resume = RUNNING_RESTORED;
	return machine_write(g->run_fd, &m, err);
}

static bool save_job(struct hv *hv, struct guest *g, enum hv_job *ret, GError **err)
{
	struct machine m;

	(void)hv;
	if (!machine_read_alive(g->run_fd, &m, err))
		return false;
	*ret = m.job;
	return true;
}

static bool save_cancel(struct hv *hv, struct guest *g, GError **err)
{
	struct machine m;

	(void)hv;
	if (!point("fake.save-cancel", err) || !machine_read_alive(g->run_fd, &m, err))
		return false;
	if (m.job != HV_JOB_ACTIVE)
		return true;
	m.job = HV_JOB_FAILED;
	return machine_write(g->run_fd, &m, err);
}

/* ---- Images ---- */

static bool repair(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err)
{
	(void)hv;
	(void)disks;
	(void)n;
	return point("fake.repair", err);
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

static char *image_header(struct hv *hv, const char *path, const char *format, GError **err)
{
	(void)hv;
	return strcmp(format, "qcow2") == 0 ? fake_disk_digest(path, err) : NULL;
}

static bool check_disk(struct hv *hv, const struct hv_disk *disk, bool is_readonly, GError **err)
{
	struct stat st;

	(void)hv;
	(void)is_readonly;
	if (stat(disk->path, &st) < 0)
		return fail_os(err, errno, "disk '%s'", disk->path);
	return S_ISREG(st.st_mode) ||
	       fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' is not a regular file", disk->path);
}

static const struct hv_ops fake_ops = {
	.name = "fake",
	.unsupported = elements_unsupported,
	.machine_for = machine_for,
	.expand = expand,
	.spawn = spawn,
	.go = go,
	.abandon = abandon,
	.adopt = adopt,
	.status = status,
	.cont = cont,
	.stop = stop,
	.powerdown = powerdown,
	.quit = quit,
	.save = save,
	.load = load,
	.save_job = save_job,
	.save_cancel = save_cancel,
	.snap_save = fake_snap_save,
	.snap_load = fake_snap_load,
	.snap_drop = fake_snap_drop,
	.tag_query = fake_tag_query,
	.snap_settle = fake_snap_settle,
	.snap_list = fake_snap_list,
	.repair = repair,
	.has_bitmaps = has_bitmaps,
	.image_header = image_header,
	.check_disk = check_disk,
	.close_session = close_session,
};

struct hv *fake_hv_open(void)
{
	static struct hv fake = { .ops = &fake_ops };

	return &fake;
}

/* ---- The guest at work ---- */

bool fake_guest_work(int run_fd, const struct hv_disk *disks, size_t n, GError **err)
{
	struct machine m;

	if (!machine_read_alive(run_fd, &m, err))
		return false;
	if (m.status != HV_RUNNING)
		return fail(err, VIR_ERR_OPERATION_INVALID, "the guest does not run");
	m.memory++;
	for (size_t i = 0; i < n; i++) {
		if (!fake_disk_set_content(disks[i].path, m.memory, err))
			return false;
	}
	return machine_write(run_fd, &m, err);
}

bool fake_guest_poweroff(int run_fd, GError **err)
{
	return end(run_fd, SHUTOFF_SHUTDOWN, err);
}

bool fake_guest_memory(int run_fd, gint64 *ret_memory, GError **err)
{
	struct machine m;

	if (!machine_read_alive(run_fd, &m, err))
		return false;
	*ret_memory = m.memory;
	return true;
}

bool fake_disk_content(const char *path, gint64 *ret_content, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);

	if (!disk)
		return false;
	return json_get_int(disk, "content", ret_content) ||
	       fail(err, VIR_ERR_INTERNAL_ERROR, "disk '%s' has no content", path);
}
