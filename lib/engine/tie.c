/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tie.h"

#include <errno.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "engine/op.h"
#include "store/lock.h"

struct tie {
	char *name, *run_id;
	int fd;
};

static void tie_free(void *data)
{
	struct tie *t = data;

	close_fd(&t->fd);
	g_free(t->name);
	g_free(t->run_id);
	g_free(t);
}

bool tie_make(struct op *op, GError **err)
{
	op->owner_fd = sys_open_lockfile(op->run_fd, RUN_OWNER);
	if (op->owner_fd < 0 || !lock_fd_try(op->owner_fd))
		return fail_os(err, errno, "tie the guest of '%s' to this connection", op->name);
	return true;
}

/* Its run has been cleared: nothing is left to be tied to. */
static bool is_over(const struct tie *t)
{
	struct stat st;

	return fstat(t->fd, &st) == 0 && st.st_nlink == 0;
}

void tie_keep(struct op *op)
{
	struct engine *e = op->e;
	struct tie *t;

	if (op->owner_fd < 0)
		return;
	t = g_new0(struct tie, 1);
	t->name = g_strdup(op->name);
	t->run_id = g_strdup(op->run_id);
	t->fd = take_fd(&op->owner_fd);
	g_mutex_lock(&e->ties_mutex);
	for (guint i = e->ties->len; i-- > 0;) {
		if (is_over(e->ties->pdata[i]))
			g_ptr_array_remove_index_fast(e->ties, i);
	}
	g_ptr_array_add(e->ties, t);
	g_mutex_unlock(&e->ties_mutex);
}

static void end_here(struct engine *e, const struct tie *t)
{
	struct domain_state s = { 0 };

	if (is_over(t) || !engine_state(e, t->name, &s, NULL))
		return;
	if (s.is_alive && s.has_run_state && s.run.pid == 0 &&
	    g_strcmp0(s.run.run_id, t->run_id) == 0)
		engine_destroy(e, t->name, false, NULL);
	domain_state_clear(&s);
}

void tie_release(struct engine *e)
{
	for (guint i = 0; i < e->ties->len; i++)
		end_here(e, e->ties->pdata[i]);
	g_ptr_array_set_size(e->ties, 0);
}

GPtrArray *tie_list(void)
{
	return g_ptr_array_new_with_free_func(tie_free);
}
