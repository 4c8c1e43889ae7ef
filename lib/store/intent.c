/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

void intent_clear(struct intent *in)
{
	g_free(in->op);
	g_free(in->run_id);
	json_object_put(in->args);
	memset(in, 0, sizeof(*in));
}

static bool intent_parse(json_object *obj, struct intent *in)
{
	const char *op, *run_id = NULL;
	json_object *args = NULL;
	gint64 time, pid, steps;

	if (!json_get_string(obj, "op", &op) || !json_get_int(obj, "time", &time) ||
	    !json_get_int(obj, "pid", &pid) || !json_get_int(obj, "steps_done", &steps) ||
	    !json_get_object(obj, "args", &args) || pid < 0 || pid > G_MAXINT || steps < 0 ||
	    steps > G_MAXINT)
		return false;
	json_get_string(obj, "run_id", &run_id);
	*in = (struct intent){
		.op = g_strdup(op),
		.run_id = g_strdup(run_id),
		.time = time,
		.pid = pid,
		.steps_done = steps,
		.args = json_object_get(args),
	};
	return true;
}

bool intent_read(struct domain_dir *dd, struct intent *ret_intent, GError **err)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(json_object) obj = json_read_file(dd->fd, "intent", &why);

	if (error_is_os(why, ENOENT)) {
		g_propagate_error(err, g_steal_pointer(&why));
		return false;
	}
	if (obj && intent_parse(obj, ret_intent))
		return true;
	return fail(err, VIR_ERR_INTERNAL_ERROR,
		    "what was begun on domain '%s' cannot be read (%s); nothing was changed; see "
		    "'doctor'",
		    dir_label(dd), why ? why->message : "its intent lacks a part");
}

bool intent_write(struct domain_dir *dd, const struct intent *in, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();
	const char *text;

	json_set_int(obj, "v", 1);
	json_set_string(obj, "op", in->op);
	json_set_string(obj, "run_id", in->run_id);
	json_set_int(obj, "time", in->time);
	json_set_int(obj, "pid", in->pid);
	json_set_int(obj, "steps_done", in->steps_done);
	json_object_object_add(obj, "args",
			       in->args ? json_object_get(in->args) : json_object_new_object());
	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	if (strlen(text) > JSON_FILE_MAX)
		return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
			    "'%s' of domain '%s' is too large to be noted; nothing was changed",
			    in->op, dir_label(dd));
	return sys_replace_file(dd->fd, "intent", text, strlen(text), err) ||
	       store_explain(dd->store, err);
}

bool intent_drop(struct domain_dir *dd, GError **err)
{
	if (sys_unlinkat(dd->fd, "intent") < 0 && errno != ENOENT)
		return fail_os(err, errno, "remove the intent of '%s'", dir_label(dd));
	return sys_fsync(dd->fd) == 0 ||
	       fail_os(err, errno, "remove the intent of '%s'", dir_label(dd));
}
