/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/hv.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/util.h"
#include "driver/qemu/agent.h"
#include "driver/qemu/argv.h"
#include "driver/qemu/block.h"
#include "driver/qemu/caps.h"
#include "driver/qemu/child.h"
#include "driver/qemu/control.h"
#include "driver/qemu/image.h"
#include "driver/qemu/job-file.h"
#include "driver/qemu/link.h"
#include "driver/qemu/native.h"
#include "driver/qemu/power.h"
#include "driver/qemu/runtime.h"
#include "driver/qemu/save.h"
#include "driver/qemu/serial.h"
#include "driver/qemu/session.h"
#include "driver/qemu/show.h"
#include "driver/qemu/snapshot.h"
#include "driver/qemu/stats.h"
#include "xml/elements.h"

struct qemu_hv {
	struct hv base;
	struct caps_cache *caps;
	char *emulator, *user, *guard_path;
};

static struct qemu_hv *qemu_of(struct hv *hv)
{
	return (struct qemu_hv *)hv;
}

/* ---- Configuration ---- */

/* Path of the emulator for a domain; it need not be there. */
static char *emulator_path(struct hv *hv, const char *wanted)
{
	const char *override = qemu_of(hv)->emulator;
	char *found;

	if (override || wanted)
		return g_strdup(override ? override : wanted);
	found = child_find("qemu-system-x86_64", "qemu-system-x86", NULL);
	return found ? found : g_strdup("/usr/bin/qemu-system-x86_64");
}

static bool check_emulator(const char *path, GError **err)
{
	if (path[0] != '/')
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "the emulator '%s' is not an absolute path", path);
	if (access(path, X_OK) == 0)
		return true;
	if (errno == ENOENT)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "the emulator '%s' is not installed (on Debian: "
			    "apt install qemu-system-x86)", path);
	return fail_os(err, errno, "run the emulator '%s'", path);
}

static bool check_kvm(const struct domain_config *cfg, GError **err)
{
	if (!cfg->is_kvm || access("/dev/kvm", R_OK | W_OK) == 0)
		return true;
	return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		    "KVM cannot be used: '/dev/kvm': %s; <domain type='qemu'> works without it",
		    g_strerror(errno));
}

static bool check_arch(const struct domain_config *cfg, GError **err)
{
	return strcmp(cfg->arch, "x86_64") == 0 ||
	       fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "architecture '%s' is not supported",
		    cfg->arch);
}

static char *op_machine_for(struct hv *hv, const char *emulator, const char *alias)
{
	g_autofree char *path = emulator_path(hv, emulator);

	return caps_machine(qemu_of(hv)->caps, path, alias ? alias : "pc");
}

/* The machine's versioned name goes into the tree: an upgrade of QEMU must not change the guest. */
static bool pin_machine(struct hv *hv, struct xml_tree *tree, const struct domain_config *cfg,
			enum chipset *ret_chipset, bool *changed, GError **err)
{
	const char *wanted = cfg->machine ? cfg->machine : "pc";
	g_autofree char *machine = op_machine_for(hv, cfg->emulator, wanted);

	if (!machine)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "the emulator does not know the machine '%s'", wanted);
	if (!chipset_of(machine, ret_chipset))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "machine '%s' is not supported; 'pc' and 'q35' are", machine);
	if (g_strcmp0(machine, cfg->machine) == 0)
		return true;
	xml_set_attr(xml_at(xml_root(tree), "os/type"), "machine", machine);
	*changed = true;
	return true;
}

/* Build the command line of a tree. */
static struct spec *make_spec(struct hv *hv, const struct xml_tree *tree,
			      const struct domain_config *cfg, bool incoming, GError **err)
{
	g_autofree char *emulator = emulator_path(hv, cfg->emulator);
	g_autoptr(guest_spec) s = spec_new();
	struct argv_input in = {
		.tree = tree,
		.cfg = cfg,
		.emulator = emulator,
		.incoming = incoming,
	};

	return argv_build(&in, s, err) ? g_steal_pointer(&s) : NULL;
}

static bool check_host(struct hv *hv, const struct domain_config *cfg, GError **err)
{
	g_autofree char *emulator = emulator_path(hv, cfg->emulator);

	return check_arch(cfg, err) && check_emulator(emulator, err) && check_kvm(cfg, err);
}

static bool op_expand(struct hv *hv, struct xml_tree *tree, bool *ret_pinned, GError **err)
{
	g_autoptr(domain_config) before = domain_config_read(tree, err);
	g_autoptr(domain_config) after = NULL;
	g_autoptr(guest_spec) s = NULL;
	bool has_machine = false, has_addresses = false;
	enum chipset chipset;

	if (!before || !check_host(hv, before, err) ||
	    !pin_machine(hv, tree, before, &chipset, &has_machine, err) ||
	    !pci_assign(tree, chipset, &has_addresses, err))
		return false;
	/* What cannot be said to QEMU is refused here, where nothing has been touched yet. */
	after = domain_config_read(tree, err);
	s = after ? make_spec(hv, tree, after, false, err) : NULL;
	if (!s)
		return false;
	*ret_pinned = has_machine || has_addresses;
	return true;
}

static char *op_native(struct hv *hv, struct xml_tree *tree, GError **err)
{
	g_autoptr(domain_config) cfg = NULL;
	g_autoptr(guest_spec) s = NULL;
	bool is_pinned = false;

	if (!op_expand(hv, tree, &is_pinned, err))
		return NULL;
	cfg = domain_config_read(tree, err);
	s = cfg ? make_spec(hv, tree, cfg, false, err) : NULL;
	return s ? native_text(s) : NULL;
}

static bool op_probe(struct hv *hv, const char *emulator, struct hv_probe *ret, GError **err)
{
	g_autofree char *path = emulator_path(hv, emulator);

	if (!check_emulator(path, err) || !caps_probe(qemu_of(hv)->caps, path, ret, err))
		return false;
	ret->emulator = g_steal_pointer(&path);
	ret->arch = g_strdup("x86_64");
	ret->has_kvm = access("/dev/kvm", R_OK | W_OK) == 0;
	return true;
}

/* ---- Start and end ---- */

static bool write_spec(struct hv *hv, const struct guest *g, struct spec *s, GError **err)
{
	const char *user = qemu_of(hv)->user;

	if (user && geteuid() == 0 && !spec_set_user(s, user, err))
		return false;
	s->name = g_strdup(g->name);
	s->uuid = g_strdup(g->uuid);
	s->run_id = g_strdup(g->run_id);
	s->id = g->id;
	return spec_write(s, g->run_fd, err);
}

static bool op_spawn(struct hv *hv, struct guest *g, struct xml_tree *tree, bool incoming,
		     GError **err)
{
	g_autoptr(domain_config) cfg = domain_config_read(tree, err);
	g_autoptr(guest_spec) s = cfg ? make_spec(hv, tree, cfg, incoming, err) : NULL;
	struct qmp *q;

	if (!s || !check_host(hv, cfg, err) || !runtime_prepare_nvram(g, cfg, err) ||
	    !write_spec(hv, g, s, err) ||
	    !session_run_guard(g, qemu_of(hv)->guard_path, "start", err))
		return false;
	q = session_qmp(g, QMP_TIMEOUT_MS, err);
	if (q && runtime_finish(g, q, tree, cfg, err))
		return true;
	session_abandon(g);
	return false;
}

static bool op_go(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_go(g, err);
}

static void op_abandon(struct hv *hv, struct guest *g)
{
	(void)hv;
	session_abandon(g);
}

static bool op_adopt(struct hv *hv, struct guest *g, GError **err)
{
	g_autoptr(GError) error = NULL;

	if (session_has_guard(g))
		return true;
	if (session_run_guard(g, qemu_of(hv)->guard_path, "adopt", &error))
		return true;
	if (session_has_guard(g))
		return true; /* somebody was quicker */
	g_propagate_error(err, g_steal_pointer(&error));
	return false;
}

static bool op_quit(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_quit(g, err);
}

/* ---- Run state ---- */

static const struct {
	const char *word;
	enum hv_status status;
} status_words[] = {
	{"prelaunch", HV_PRELAUNCH},
	{"running", HV_RUNNING},
	{"suspended", HV_RUNNING}, /* the guest's own sleep: nobody stopped it */
	{"paused", HV_PAUSED},
	{"debug", HV_PAUSED},
	{"save-vm", HV_PAUSED},
	{"finish-migrate", HV_PAUSED},
	{"watchdog", HV_PAUSED},
	{"postmigrate", HV_POSTMIGRATE},
	{"inmigrate", HV_INMIGRATE},
	{"restore-vm", HV_STOPPED_BAD},
	{"internal-error", HV_STOPPED_BAD},
	{"io-error", HV_STOPPED_BAD},
	{"shutdown", HV_SHUTDOWN},
	{"guest-panicked", HV_PANICKED},
};

static bool status_of(json_object *value, enum hv_status *ret, GError **err)
{
	g_autofree char *clean = NULL;
	const char *word = "";

	json_get_string(value, "status", &word);
	for (size_t i = 0; i < G_N_ELEMENTS(status_words); i++) {
		if (strcmp(word, status_words[i].word) != 0)
			continue;
		*ret = status_words[i].status;
		return true;
	}
	clean = qmp_clean(word);
	return fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's state '%s' is not known", clean);
}

static bool op_status(struct hv *hv, struct guest *g, enum hv_status *ret, GError **err)
{
	g_autoptr(json_object) value = NULL;
	g_autoptr(GError) error = NULL;

	(void)hv;
	if (!session_is_alive(g)) {
		*ret = HV_GONE;
		return true;
	}
	if (session_call(g, "query-status", NULL, &value, &error))
		return status_of(value, ret, err);
	if (!error_is(error, VIR_ERR_OPERATION_INVALID)) {
		g_propagate_error(err, g_steal_pointer(&error));
		return false;
	}
	*ret = HV_GONE;
	return true;
}

static bool op_cont(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_call(g, "cont", NULL, NULL, err);
}

static bool op_stop(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_call(g, "stop", NULL, NULL, err);
}

static bool op_version(struct hv *hv, unsigned long *ret_version, GError **err)
{
	g_autofree char *emulator = emulator_path(hv, NULL);

	return check_emulator(emulator, err) && control_version(emulator, ret_version, err);
}

/* ---- Memory ---- */

static bool op_save(struct hv *hv, struct guest *g, int fd, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && save_write(g, q, fd, err);
}

static bool op_load(struct hv *hv, struct guest *g, int fd, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && save_read(g, q, fd, err);
}

static bool op_save_job(struct hv *hv, struct guest *g, enum hv_job *ret, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && save_job(q, ret, err);
}

static bool op_save_cancel(struct hv *hv, struct guest *g, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && save_cancel(q, err);
}

/* ---- Snapshots ---- */

static bool run_snapshot(struct guest *g, enum snapshot_op op, const struct hv_disk *disks,
			 size_t n, const char *tag, GError **err)
{
	struct qmp *q;
	bool done;

	/* A guest that was alive for the caller and has ended since is a failure, not a guest that is
	 * off: its snapshot would lack the memory. */
	if (g->run_fd < 0)
		return snapshot_offline(op, disks, n, tag, err);
	/* A job of a dead client's may be under way: then even the greeting waits for it. */
	q = session_qmp(g, QMP_NO_DEADLINE, err);
	job_file_tell(g, "snapshot", now_sec(), 0, 0);
	done = q && snapshot_live(q, op, disks, n, tag, err);
	job_file_clear(g);
	return done;
}

static bool op_snap_save(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			 const char *tag, GError **err)
{
	(void)hv;
	return run_snapshot(g, SNAPSHOT_OP_SAVE, disks, n, tag, err);
}

static bool op_snap_load(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			 const char *tag, GError **err)
{
	(void)hv;
	return run_snapshot(g, SNAPSHOT_OP_LOAD, disks, n, tag, err);
}

static bool op_snap_drop(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			 const char *tag, GError **err)
{
	(void)hv;
	return run_snapshot(g, SNAPSHOT_OP_DROP, disks, n, tag, err);
}

static bool op_tag_query(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			 const char *tag, struct hv_tag *ret, GError **err)
{
	struct qmp *q = NULL;

	(void)hv;
	if (session_is_alive(g)) {
		q = session_qmp(g, QMP_NO_DEADLINE, err);
		if (!q)
			return false;
	}
	return snapshot_query(q, disks, n, tag, ret, err);
}

static bool op_snap_settle(struct hv *hv, struct guest *g, GError **err)
{
	struct qmp *q;

	(void)hv;
	if (!session_is_alive(g))
		return true;
	q = session_qmp(g, QMP_NO_DEADLINE, err);
	return q && snapshot_settle(q, err);
}

static void snapshot_free(void *data)
{
	struct hv_snapshot *s = data;

	g_free(s->name);
	g_free(s);
}

static GPtrArray *op_snap_list(struct hv *hv, const struct hv_disk *disk, GError **err)
{
	g_autoptr(GPtrArray) found = image_snapshots(disk, err);
	GPtrArray *list = found ? g_ptr_array_new_with_free_func(snapshot_free) : NULL;

	(void)hv;
	for (guint i = 0; found && i < found->len; i++) {
		const struct image_snapshot *s = g_ptr_array_index(found, i);
		struct hv_snapshot *one = g_new0(struct hv_snapshot, 1);

		*one = (struct hv_snapshot){ g_strdup(s->name), s->time, s->vm_state_size > 0 };
		g_ptr_array_add(list, one);
	}
	return list;
}

/* ---- Images ---- */

static bool op_repair(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err)
{
	(void)hv;
	for (size_t i = 0; i < n; i++)
		if (!image_repair(&disks[i], err))
			return false;
	return true;
}

static bool live_bitmaps(struct guest *g, const struct hv_disk *disks, size_t n, bool *ret,
			 GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);
	g_autoptr(GPtrArray) found = q ? block_query(q, disks, n, err) : NULL;

	for (guint i = 0; found && i < found->len; i++)
		*ret = *ret || ((struct block_disk *)g_ptr_array_index(found, i))->has_bitmaps;
	return found != NULL;
}

static bool op_has_bitmaps(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			   bool *ret, GError **err)
{
	(void)hv;
	*ret = false;
	if (session_is_alive(g))
		return live_bitmaps(g, disks, n, ret, err);
	for (size_t i = 0; i < n && !*ret; i++)
		if (!image_has_bitmaps(&disks[i], ret, err))
			return false;
	return true;
}

static char *op_image_header(struct hv *hv, const char *path, const char *format, GError **err)
{
	(void)hv;
	return image_digest(path, format, err);
}

static bool op_check_disk(struct hv *hv, const struct hv_disk *disk, bool is_readonly,
			  GError **err)
{
	(void)hv;
	return image_check(disk, is_readonly, err);
}

static void op_close_session(struct hv *hv, struct guest *g)
{
	(void)hv;
	session_close(g);
}

static void op_close(struct hv *hv)
{
	struct qemu_hv *q = qemu_of(hv);

	caps_free(q->caps);
	g_free(q->emulator);
	g_free(q->user);
	g_free(q->guard_path);
	g_free(q);
}

/* ---- The table ---- */

static const struct hv_ops qemu_ops = {
	.name = "QEMU",
	.is_watched = true,
	.unsupported = elements_unsupported,
	.machine_for = op_machine_for,
	.expand = op_expand,
	.spawn = op_spawn,
	.go = op_go,
	.abandon = op_abandon,
	.adopt = op_adopt,
	.status = op_status,
	.cont = op_cont,
	.stop = op_stop,
	.powerdown = power_down,
	.quit = op_quit,
	.save = op_save,
	.load = op_load,
	.save_job = op_save_job,
	.save_cancel = op_save_cancel,
	.snap_save = op_snap_save,
	.snap_load = op_snap_load,
	.snap_drop = op_snap_drop,
	.tag_query = op_tag_query,
	.snap_settle = op_snap_settle,
	.snap_list = op_snap_list,
	.repair = op_repair,
	.has_bitmaps = op_has_bitmaps,
	.image_header = op_image_header,
	.check_disk = op_check_disk,
	.version = op_version,
	.native = op_native,
	.probe = op_probe,
	.disk_size = control_disk_size,
	.disk_stats = control_disk_stats,
	.reboot = power_reboot,
	.cancel_reboot = power_cancel_reboot,
	.set_ends = power_set_ends,
	.reset = control_reset,
	.agent = agent_call,
	.agent_is_open = agent_is_open,
	.set_link = link_set,
	.inject_nmi = control_inject_nmi,
	.send_keys = control_send_keys,
	.screenshot = control_screenshot,
	.vcpus = stats_vcpus,
	.memory_stats = stats_memory,
	.set_memory_period = stats_set_period,
	.monitor = control_monitor,
	.console = serial_console,
	.show = show_live,
	.close_session = op_close_session,
	.close = op_close,
};

/* In a build tree the guard lies beside the library; installed, it is in libexec. */
static char *own_guard(void)
{
	g_autofree char *dir = NULL, *beside = NULL;
	Dl_info info;

	if (dladdr((void *)&qemu_ops, &info) && info.dli_fname) {
		dir = g_path_get_dirname(info.dli_fname);
		beside = g_build_filename(dir, "domsh-guard", NULL);
		if (access(beside, X_OK) == 0)
			return g_canonicalize_filename(beside, NULL);
	}
	return g_strdup(GUARD_PATH);
}

struct hv *qemu_hv_open(const struct qemu_options *options, GError **err)
{
	const char *guard = options->guard_path ? options->guard_path
						: secure_getenv("DOMSH_GUARD");
	struct qemu_hv *q;

	if (options->emulator && options->emulator[0] != '/') {
		fail(err, VIR_ERR_INVALID_ARG, "the emulator '%s' is not an absolute path",
		     options->emulator);
		return NULL;
	}
	q = g_new0(struct qemu_hv, 1);
	q->base.ops = &qemu_ops;
	q->caps = caps_new(options->cache_dir);
	q->emulator = g_strdup(options->emulator);
	q->user = g_strdup(options->user);
	q->guard_path = guard ? g_strdup(guard) : own_guard();
	return &q->base;
}
