/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/job-file.h"

#include <string.h>

#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"

#define JOB_FILE "job"

void job_file_tell(const struct guest *g, const char *op, gint64 started, gint64 done,
		   gint64 total)
{
	g_autoptr(json_object) job = json_object_new_object();
	const char *text;

	json_set_int(job, "v", 1);
	json_set_string(job, "op", op);
	json_set_int(job, "started", started);
	json_set_int(job, "done", done);
	json_set_int(job, "total", total);
	json_set_string(job, "unit", "bytes");
	json_set_string(job, "phase", "memory");
	text = json_object_to_json_string_ext(job, JSON_C_TO_STRING_PLAIN);
	sys_replace_file_volatile(g->run_fd, JOB_FILE, text, strlen(text), NULL);
}

static void remove_file(const struct guest *g, const char *name)
{
	if (exists_at(g->run_fd, name) == 1)
		sys_unlinkat(g->run_fd, name);
}

void job_file_clear(const struct guest *g)
{
	remove_file(g, JOB_FILE);
	remove_file(g, JOB_CANCEL_FILE);
}

bool job_file_is_cancelled(const struct guest *g)
{
	return exists_at(g->run_fd, JOB_CANCEL_FILE) == 1;
}
