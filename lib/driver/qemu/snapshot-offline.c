/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/snapshot.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "driver/qemu/child.h"
#include "driver/qemu/image.h"

/* ---- One step for all disks: a storage daemon of our own ---- */

static json_object *storage_node(const struct hv_disk *disk, const char *name)
{
	json_object *node = json_object_new_object();
	json_object *file = json_object_new_object();

	json_set_string(file, "driver", "file");
	json_set_string(file, "filename", disk->path);
	json_set_string(node, "driver", disk->format);
	json_set_string(node, "node-name", name);
	json_object_object_add(node, "file", file);
	json_object_object_add(node, "backing", NULL);
	return node;
}

static json_object *save_action(const char *node, const char *tag)
{
	json_object *action = json_object_new_object();
	json_object *data = json_object_new_object();

	json_set_string(data, "device", node);
	json_set_string(data, "name", tag);
	json_set_string(action, "type", "blockdev-snapshot-internal-sync");
	json_object_object_add(action, "data", data);
	return action;
}

static bool transact(struct qmp *q, const struct hv_disk *disks, size_t n, const char *tag,
		     GError **err)
{
	g_autoptr(json_object) args = json_object_new_object();
	json_object *actions = json_object_new_array();

	json_object_object_add(args, "actions", actions);
	for (size_t i = 0; i < n; i++) {
		g_autofree char *name = g_strdup_printf("b%zu", i + 1);

		if (!qmp_call_fd(q, "blockdev-add", storage_node(&disks[i], name), -1,
				 QMP_NO_DEADLINE, NULL, err))
			return false;
		json_object_array_add(actions, save_action(name, tag));
	}
	/* All or nothing: what fails on one disk is taken back on the others. */
	return qmp_call_fd(q, "transaction", g_steal_pointer(&args), -1, QMP_NO_DEADLINE, NULL,
			   err) &&
	       qmp_call_fd(q, "quit", NULL, -1, QMP_NO_DEADLINE, NULL, err);
}

static bool save_by_daemon(const char *program, const struct hv_disk *disks, size_t n,
			   const char *tag, GError **err)
{
	static const char *const argv[] = {"qemu-storage-daemon", "--chardev", "socket,id=m,fd=3",
					   "--monitor", "chardev=m", NULL};
	g_autoptr(qmp_client) q = NULL;
	auto_close int theirs = -1;
	struct child c = {.path = program, .argv = argv, .n_fds = 4, .is_limited = true};
	int pair[2];
	bool done;
	pid_t pid;

	if (sys_point("qemu-storage-daemon") < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fail_os(err, errno, "run '%s'", program);
	q = qmp_new(pair[0]);
	theirs = pair[1];
	c.fds = (const int[]){-1, -1, -1, theirs};
	pid = child_start(&c, err);
	close_fd(&theirs);
	if (pid < 0)
		return false;
	done = transact(q, disks, n, tag, err);
	if (!done)
		kill(pid, SIGTERM); /* not reaped yet: the number is the daemon's */
	child_wait(pid);
	return done;
}

/* ---- Disk by disk ---- */

static bool refuse_duplicate(const struct hv_disk *disk, const char *tag, GError **err)
{
	g_autoptr(GPtrArray) snapshots = image_snapshots(disk, err);

	if (!snapshots)
		return false;
	return !image_find_name(snapshots, tag) ||
	       fail(err, VIR_ERR_OPERATION_INVALID,
		    "disk image '%s' has a snapshot '%s' already", disk->path, tag);
}

static bool save_each(const struct hv_disk *disks, size_t n, const char *tag, GError **err)
{
	for (size_t i = 0; i < n; i++)
		if (!refuse_duplicate(&disks[i], tag, err))
			return false;
	for (size_t i = 0; i < n; i++) {
		if (image_snapshot_create(&disks[i], tag, err))
			continue;
		while (i-- > 0)
			image_snapshot_delete(&disks[i], tag, NULL);
		return false;
	}
	return true;
}

static bool save(const struct hv_disk *disks, size_t n, const char *tag, GError **err)
{
	g_autofree char *program = child_find("qemu-storage-daemon", "qemu-system-common", NULL);

	for (size_t i = 0; i < n; i++)
		if (!image_is_plain(&disks[i], err))
			return false;
	/* For one disk there is nothing to keep together, and qemu-img is the quicker. */
	if (!program || n == 1)
		return save_each(disks, n, tag, err);
	return save_by_daemon(program, disks, n, tag, err);
}

static bool load(const struct hv_disk *disks, size_t n, const char *tag, GError **err)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

	/* All ids before the first change: a tag that is missing on one disk changes none. */
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GPtrArray) snapshots = image_snapshots(&disks[i], err);
		const struct image_snapshot *s;

		if (!snapshots)
			return false;
		s = image_find_name(snapshots, tag);
		if (!s)
			return fail(err, VIR_ERR_OPERATION_INVALID,
				    "disk image '%s' has no snapshot '%s'", disks[i].path, tag);
		g_ptr_array_add(ids, g_strdup(s->id));
	}
	for (size_t i = 0; i < n; i++)
		if (!image_snapshot_apply(&disks[i], g_ptr_array_index(ids, i), err))
			return false;
	return true;
}

static bool drop(const struct hv_disk *disks, size_t n, const char *tag, GError **err)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GPtrArray) snapshots = image_snapshots(&disks[i], err);

		if (!snapshots)
			return false;
		/* Absent is success: a drop that was killed half way is done again. */
		if (image_find_name(snapshots, tag) &&
		    !image_snapshot_delete(&disks[i], tag, err))
			return false;
	}
	return true;
}

bool snapshot_offline(enum snapshot_op op, const struct hv_disk *disks, size_t n, const char *tag,
		      GError **err)
{
	typedef bool (*op_function)(const struct hv_disk *, size_t, const char *, GError **);
	static const op_function functions[] = {
		[SNAPSHOT_OP_SAVE] = save,
		[SNAPSHOT_OP_LOAD] = load,
		[SNAPSHOT_OP_DROP] = drop,
	};

	if (n == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID, "there is no disk for the snapshot");
	return functions[op](disks, n, tag, err);
}
