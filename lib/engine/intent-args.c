/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an intent must hold so that another process can finish or take back the work. Not the names
 * of all records that a delete of a subtree takes along: they are found again (snapshot.h), and there
 * may be more of them than a file has room for.
 */
#include "engine/op.h"

#include "base/json.h"

static char *get_text(json_object *obj, const char *key)
{
	const char *text;

	return json_get_string(obj, key, &text) ? g_strdup(text) : NULL;
}

/* The disks that the work is on: by the time it is finished another configuration may stand. */
static void set_disks(json_object *args, const struct op *op)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < op->n_disks; i++) {
		json_object *disk = json_object_new_object();

		json_set_string(disk, "target", op->disks[i].target);
		json_set_string(disk, "path", op->disks[i].path);
		json_set_string(disk, "format", op->disks[i].format);
		json_object_array_add(array, disk);
	}
	json_object_object_add(args, "disks", array);
}

bool op_intent_disks(struct op *op)
{
	json_object *array;

	if (!json_get_array(op->intent.args, "disks", &array))
		return false;
	g_free(op->disks);
	op->n_disks = 0;
	op->disks = g_new0(struct hv_disk, json_object_array_length(array) + 1);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object *item = json_object_array_get_idx(array, i);
		struct hv_disk disk = { 0 };

		json_get_string(item, "format", &disk.format);
		if (json_get_string(item, "target", &disk.target) &&
		    json_get_string(item, "path", &disk.path))
			op->disks[op->n_disks++] = disk;
	}
	return true;
}

json_object *op_intent_args(const struct op *op)
{
	json_object *args = json_object_new_object();
	const struct snap_op *s = &op->snap;

	json_set_int(args, "flags", op->flags);
	json_set_bool(args, "was_running", op->state.is_alive && !(op->facts & FACT_PAUSED));
	json_set_bool(args, "image_paused", op->facts & FACT_IMAGE_PAUSED);
	json_set_string(args, "file", op->save.path);
	json_set_bool(args, "replaces", op->save.replaces);
	json_set_bool(args, "has_xml", op->other.tree != NULL);
	json_set_string(args, "snapshot", s->name);
	json_set_string(args, "old_name", s->old_name);
	json_set_bool(args, "has_memory", op->facts & FACT_RECORD_MEMORY);
	/* Work that was begun changes the disks itself: what was true before it counts. */
	json_set_bool(args, "image_stale", op->facts & (FACT_DISKS_CHANGED | FACT_IMAGE_BROKEN));
	json_set_bool(args, "stops_guest", op->facts & FACT_STOPS_GUEST);
	json_set_bool(args, "makes_current", s->makes_current);
	json_set_string(args, "new_parent", s->new_parent);
	json_set_string(args, "current_before", s->current_before);
	json_set_string(args, "current_after", s->current_after);
	json_set_string(args, "safety", s->safety);
	json_set_bool(args, "keeps", s->keeps);
	set_disks(args, op);
	return args;
}

void op_intent_apply(struct op *op)
{
	struct snap_op *s = &op->snap;
	json_object *args = op->intent.args;
	gint64 flags = 0;
	bool value = false;

	json_get_int(args, "flags", &flags);
	op->flags = flags;
	if (json_get_bool(args, "was_running", &value) && value)
		op->facts |= FACT_WAS_RUNNING;
	if (json_get_bool(args, "image_paused", &value) && value)
		op->facts |= FACT_IMAGE_PAUSED;
	if (json_get_bool(args, "has_memory", &value) && value)
		op->facts |= FACT_RECORD_MEMORY;
	if (json_get_bool(args, "image_stale", &value) && value)
		op->facts |= FACT_IMAGE_BROKEN;
	if (json_get_bool(args, "stops_guest", &value) && value)
		op->facts |= FACT_STOPS_GUEST;
	json_get_bool(args, "makes_current", &s->makes_current);
	json_get_bool(args, "keeps", &s->keeps);
	op->save.path = get_text(args, "file");
	json_get_bool(args, "replaces", &op->save.replaces);
	json_get_bool(args, "has_xml", &op->save.has_xml);
	s->name = get_text(args, "snapshot");
	s->old_name = get_text(args, "old_name");
	s->new_parent = get_text(args, "new_parent");
	s->current_before = get_text(args, "current_before");
	s->current_after = get_text(args, "current_after");
	s->safety = get_text(args, "safety");
}
