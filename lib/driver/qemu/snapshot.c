/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/snapshot.h"

#include <string.h>

#include "base/error.h"
#include "driver/qemu/block.h"

static const struct op_row {
	const char *command;  /* QEMU's type of the job, and our id for it: the guard knows it by that */
	bool has_vmstate;     /* takes the node of the memory */
} ops[] = {
	[SNAPSHOT_OP_SAVE] = {"snapshot-save", true},
	[SNAPSHOT_OP_LOAD] = {"snapshot-load", true},
	[SNAPSHOT_OP_DROP] = {"snapshot-delete", false},
};
G_STATIC_ASSERT(G_N_ELEMENTS(ops) == SNAPSHOT_OP_COUNT);

/* ---- Jobs ---- */

static bool query_jobs(struct qmp *q, json_object **ret_jobs, GError **err)
{
	g_autoptr(json_object) jobs = NULL;

	/* A job under way blocks QEMU's main loop, and this with it. */
	if (!qmp_call_fd(q, "query-jobs", NULL, -1, QMP_NO_DEADLINE, &jobs, err))
		return false;
	if (!json_object_is_type(jobs, json_type_array))
		return fail(err, VIR_ERR_INTERNAL_ERROR,
			    "QEMU's answer to 'query-jobs' is not understood");
	*ret_jobs = g_steal_pointer(&jobs);
	return true;
}

static bool is_snapshot_job(json_object *job)
{
	const char *type;

	if (!json_get_string(job, "type", &type))
		return false;
	for (int i = 0; i < SNAPSHOT_OP_COUNT; i++)
		if (strcmp(type, ops[i].command) == 0)
			return true;
	return false;
}

/* The job of that id, or, without one, any snapshot job. */
static json_object *find_job(json_object *jobs, const char *id)
{
	for (size_t i = 0; i < json_object_array_length(jobs); i++) {
		json_object *job = json_object_array_get_idx(jobs, i);
		const char *found;

		if (json_get_string(job, "id", &found) &&
		    (id ? strcmp(found, id) == 0 : is_snapshot_job(job)))
			return job;
	}
	return NULL;
}

static bool is_concluded(json_object *job)
{
	const char *status;

	return json_get_string(job, "status", &status) && strcmp(status, "concluded") == 0;
}

/* Did something happen to a job? Throws other events away: this monitor has no other reader. */
static bool take_job_event(struct qmp *q)
{
	bool has_news = qmp_lost_events(q);
	struct qmp_event *ev;

	while ((ev = qmp_take_event(q))) {
		has_news = has_news || strcmp(ev->name, "JOB_STATUS_CHANGE") == 0;
		qmp_event_free(ev);
	}
	return has_news;
}

/* Wait for a job's end and take it out of QEMU's list, where it would stay for ever. *ret_error:
 * what it failed with, NULL when it did not. *ret_is_found: was there such a job? */
static bool await_job(struct qmp *q, const char *id, char **ret_error, bool *ret_is_found,
		      GError **err)
{
	g_autoptr(json_object) args = json_object_new_object();
	const char *text = NULL;

	for (;;) {
		g_autoptr(json_object) jobs = NULL;
		json_object *job;

		if (!query_jobs(q, &jobs, err))
			return false;
		job = find_job(jobs, id);
		*ret_is_found = job != NULL;
		if (!job)
			return true;
		if (is_concluded(job)) {
			if (json_get_string(job, "error", &text))
				*ret_error = qmp_clean(text);
			json_get_string(job, "id", &text);
			json_set_string(args, "id", text);
			break;
		}
		while (!take_job_event(q))
			if (!qmp_wait(q, -1, QMP_NO_DEADLINE, err))
				return false;
	}
	return qmp_call(q, "job-dismiss", g_steal_pointer(&args), NULL, err);
}

bool snapshot_settle(struct qmp *q, GError **err)
{
	bool is_found = true;

	while (is_found) {
		g_autofree char *error = NULL;

		if (!await_job(q, NULL, &error, &is_found, err))
			return false;
	}
	return true;
}

/* ---- Live ---- */

static const char *vmstate_node(const GPtrArray *found, enum snapshot_op op, const char *tag)
{
	for (guint i = 0; op == SNAPSHOT_OP_LOAD && i < found->len; i++) {
		const struct block_disk *d = g_ptr_array_index(found, i);
		const struct image_snapshot *s = image_find_name(d->snapshots, tag);

		if (s && s->vm_state_size > 0)
			return d->node;
	}
	return ((struct block_disk *)g_ptr_array_index(found, 0))->node;
}

static json_object *job_arguments(const GPtrArray *found, enum snapshot_op op, const char *tag)
{
	json_object *args = json_object_new_object();
	json_object *devices = json_object_new_array();

	for (guint i = 0; i < found->len; i++) {
		const struct block_disk *d = g_ptr_array_index(found, i);

		json_object_array_add(devices, json_object_new_string(d->node));
	}
	json_set_string(args, "job-id", ops[op].command);
	json_set_string(args, "tag", tag);
	if (ops[op].has_vmstate)
		json_set_string(args, "vmstate", vmstate_node(found, op, tag));
	json_object_object_add(args, "devices", devices);
	return args;
}

bool snapshot_live(struct qmp *q, enum snapshot_op op, const struct hv_disk *disks, size_t n,
		   const char *tag, GError **err)
{
	g_autoptr(GPtrArray) found = NULL;
	g_autofree char *error = NULL;
	bool is_found;

	if (n == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID, "there is no disk for the snapshot");
	if (!snapshot_settle(q, err))
		return false;
	found = block_query(q, disks, n, err);
	if (!found)
		return false;
	if (!qmp_call_fd(q, ops[op].command, job_arguments(found, op, tag), -1, QMP_NO_DEADLINE,
			 NULL, err) ||
	    !await_job(q, ops[op].command, &error, &is_found, err))
		return false;
	if (!is_found)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU lost the job '%s'", ops[op].command);
	return !error || fail(err, VIR_ERR_OPERATION_FAILED, "QEMU's '%s' failed: %s",
			      ops[op].command, error);
}

/* ---- What is there ---- */

static void count_tag(const GPtrArray *snapshots, const char *tag, struct hv_tag *counted)
{
	const struct image_snapshot *named = image_find_name(snapshots, tag);

	counted->n_disks_with += named != NULL;
	if (named && named->vm_state_size > 0)
		counted->has_memory = true;
	for (guint i = 0; i < snapshots->len; i++) {
		const struct image_snapshot *s = g_ptr_array_index(snapshots, i);

		if (strcmp(s->id, tag) == 0 && strcmp(s->name, tag) != 0)
			counted->id_collides = true;
	}
}

bool snapshot_query(struct qmp *q, const struct hv_disk *disks, size_t n, const char *tag,
		    struct hv_tag *ret, GError **err)
{
	g_autoptr(GPtrArray) found = NULL;
	struct hv_tag counted = {0};

	if (q) {
		found = block_query(q, disks, n, err);
		if (!found)
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GPtrArray) read = NULL;
		const GPtrArray *snapshots;

		if (!q)
			read = image_snapshots(&disks[i], err);
		if (!q && !read)
			return false;
		snapshots = q ? ((struct block_disk *)g_ptr_array_index(found, i))->snapshots : read;
		count_tag(snapshots, tag, &counted);
	}
	*ret = counted;
	return true;
}
