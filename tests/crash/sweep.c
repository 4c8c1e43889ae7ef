/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/sweep.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "crash/syncs.h"
#include "crash/tree.h"
#include "crash/view.h"
#include "driver/fake/fake.h"
#include "engine/engine.h"
#include "store/lock.h"
#include "store/store.h"

#define CHILD_SEC 20
#define POINTS_MAX 2000
#define TOLD_MAX 2
#define UNCONFIRMED "done all the same"
#define UNFINISHED " has intent\n"

const struct kind kinds[] = {
	{ "crash", "crash:", .is_crash = true },
	{ "crash with the guest", "crash:", .is_crash = true, .kills_guests = true },
	{ "eio", "eio:" },
	{ "eio from then on", "eio+:", .is_sticky = true },
	{ "enospc", "enospc:" },
	{ "enospc from then on", "enospc+:", .is_sticky = true },
};
const unsigned int n_kinds = G_N_ELEMENTS(kinds);

/* Exit status of a child that was not killed: bits. */
enum { CHILD_FAILED = 1, CHILD_FIRED = 2, CHILD_STATUS_MAX = 3 };

struct child {
	bool is_killed; /* by the fault */
	bool is_broken; /* by anything else */
	bool has_fired, is_done;
	char *message;
};

struct sweep {
	const struct operation *op;
	const char *base;
	FILE *out;
	/* References: as they are, and what a next writer makes of them, the guest alive or not. */
	char *before, *after;
	char *settled_before, *settled_after, *off_before, *off_after;
	char *midway, *off_midway; /* or NULL */
	unsigned int n_syncs; /* of the call */
	unsigned int n_told;
	bool is_verbose;
};

/* ---- Children ---- */

/* What the next writers do: the domains one by one, then a holder of the store lock. */
static bool recover(struct rig *r, GError **err)
{
	g_autoptr(store) st = store_open(r->root, true, "recovery", err);
	g_autoptr(GPtrArray) names = st ? store_names(st, err) : NULL;
	int lock;

	for (guint i = 0; names && i < names->len; i++) {
		g_autoptr(GError) why = NULL;

		if (engine_reconcile(r->engine, names->pdata[i], false, &why) ||
		    error_is(why, VIR_ERR_NO_DOMAIN))
			continue;
		g_propagate_error(err, g_steal_pointer(&why));
		return false;
	}
	lock = names ? store_lock(st, err) : -1;
	return lock >= 0 && close(lock) == 0;
}

/* What fired is told on stderr: only shown when one injection is looked at. */
static G_GNUC_NORETURN void child_run(struct rig *r, const char *fault, bool is_quiet,
				      bool (*act)(struct rig *, GError **))
{
	g_autofree char *path = g_build_filename(r->base, "message", NULL);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	GError *err = NULL;
	bool done;

	alarm(CHILD_SEC);
	if (is_quiet)
		dup2(null, STDERR_FILENO);
	sys_fault_set(fault);
	done = act(r, &err);
	if (!g_file_set_contents(path, err ? err->message : "", -1, NULL))
		_exit(CHILD_STATUS_MAX + 1);
	_exit((done ? 0 : CHILD_FAILED) | (sys_fault_fired() ? CHILD_FIRED : 0));
}

static struct child run(struct sweep *s, const char *fault, bool (*act)(struct rig *, GError **))
{
	g_autofree char *path = g_build_filename(s->base, "message", NULL);
	struct child c = { 0 };
	struct rig r;
	int status = 0;
	pid_t pid;

	unlink(path);
	rig_open(&r, s->base);
	pid = fork();
	if (pid == 0)
		child_run(&r, fault, !s->is_verbose, act);
	rig_close(&r);
	while (waitpid(pid, &status, 0) < 0)
		continue;
	guests_settle();
	c.is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	c.is_broken = !c.is_killed &&
		      (!WIFEXITED(status) || WEXITSTATUS(status) > CHILD_STATUS_MAX);
	c.has_fired = c.is_killed || (WIFEXITED(status) && (WEXITSTATUS(status) & CHILD_FIRED));
	c.is_done = WIFEXITED(status) && !(WEXITSTATUS(status) & CHILD_FAILED);
	if (!g_file_get_contents(path, &c.message, NULL, NULL))
		c.message = g_strdup("");
	return c;
}

/* ---- Telling ---- */

static bool G_GNUC_PRINTF(3, 4) bad(struct sweep *s, const char *fault, const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	if (s->n_told++ < TOLD_MAX)
		fprintf(s->out, "# %s, %s: %s\n", s->op->name, fault, g_strchomp(text));
	return false;
}

static bool bad_view(struct sweep *s, const char *fault, const char *what, const char *want,
		     const char *got)
{
	g_autofree char *diff = view_diff(want, got);
	g_autofree char *other = view_diff(s->settled_after ? s->settled_after : "", got);
	bool is_nearer = want == s->settled_before && strlen(other) < strlen(diff);

	return bad(s, fault, "%s; against the state %s:\n%s", what,
		   is_nearer ? "after" : "that should be", is_nearer ? other : diff);
}

/* ---- Judging ---- */

/* Set of allowed end states. */
enum { BEFORE = 1, AFTER = 2, OFF_BEFORE = 4, OFF_AFTER = 8, MIDWAY = 16, OFF_MIDWAY = 32 };
#define ANY 63

static bool is_allowed(const struct sweep *s, const char *view, unsigned int allowed)
{
	const char *const states[] = { s->settled_before, s->settled_after, s->off_before,
				       s->off_after, s->midway, s->off_midway };

	for (guint i = 0; i < G_N_ELEMENTS(states); i++)
		if ((allowed & (1u << i)) && g_strcmp0(view, states[i]) == 0)
			return true;
	return false;
}

/* A next writer comes by, twice. */
static bool judge_recovery(struct sweep *s, const char *fault, unsigned int allowed)
{
	g_autofree char *first = NULL, *second = NULL, *strays = NULL;

	guests_tell(s->base);
	for (int i = 0; i < 2; i++) {
		struct child c = run(s, NULL, recover);
		g_autofree char *message = c.message;

		if (!c.is_done || c.is_broken)
			return bad(s, fault, "recovery %d fails: %s", i + 1, message);
		*(i ? &second : &first) = view_take(s->base);
	}
	if (strcmp(first, second) != 0)
		return bad_view(s, fault, "the second recovery changed something", first, second);
	if (view_is_unfinished(first))
		return bad_view(s, fault, "unfinished after recovery", s->settled_before, first);
	if (!is_allowed(s, first, allowed))
		return bad_view(s, fault, "neither before nor after", s->settled_before, first);
	strays = view_strays(s->base);
	return !strays || bad(s, fault, "left behind:\n%s", strays);
}

static bool judge_crash(struct sweep *s, const struct kind *kind, const char *fault)
{
	g_autofree char *lost = view_lost(s->base, s->before, s->after);
	unsigned int allowed = kind->kills_guests ? OFF_BEFORE | OFF_AFTER | OFF_MIDWAY :
						    BEFORE | AFTER | MIDWAY;

	if (lost)
		return bad(s, fault, "lost at once:\n%s", lost);
	if (s->op->may_end_off)
		allowed |= OFF_BEFORE | OFF_AFTER;
	if (kind->kills_guests)
		guests_kill();
	return judge_recovery(s, fault, allowed);
}

/* The view, once what a guard would write of its guest is written. */
static char *told_view(struct sweep *s)
{
	guests_tell(s->base);
	return view_take(s->base);
}

/* Done means done, failed means unchanged; but where the disk refuses even the way back, and
 * where the commit had been made. */
static bool judge_error(struct sweep *s, const struct kind *kind, const struct child *c,
			const char *fault)
{
	g_autofree char *view = told_view(s);
	g_autofree char *lost = view_lost(s->base, s->before, s->after);
	bool may_be_after = s->op->late || strstr(c->message, UNCONFIRMED);
	unsigned int allowed = c->is_done ? AFTER : BEFORE | MIDWAY | (may_be_after ? AFTER : 0);

	if (lost)
		return bad(s, fault, "lost at once:\n%s", lost);
	if (c->is_done && strcmp(view, s->after) != 0 && !view_is_unfinished(view))
		return bad_view(s, fault, "done, but the state is not that after", s->after, view);
	if (!c->is_done && !*c->message)
		return bad(s, fault, "failed without a word");
	if (!c->is_done && strcmp(view, s->before) != 0 && !view_is_unfinished(view) &&
	    !(may_be_after && strcmp(view, s->after) == 0) && g_strcmp0(view, s->midway) != 0 &&
	    !s->op->may_end_off)
		return bad_view(s, fault, c->message, s->before, view);
	/* One error alone keeps nobody from taking back what was begun. */
	if (!c->is_done && !kind->is_sticky && strstr(view, UNFINISHED) &&
	    !strstr(s->before, UNFINISHED))
		return bad(s, fault, "it is left to the next writer: %s", c->message);
	if (s->op->may_end_off && !c->is_done)
		allowed |= OFF_BEFORE | OFF_AFTER;
	return judge_recovery(s, fault, allowed);
}

/* *ret_fired tells whether there was anything to judge. */
static bool inject(struct sweep *s, const struct kind *kind, unsigned int n, bool *ret_fired)
{
	g_autofree char *fault = g_strdup_printf("%s%u", kind->fault, n);
	struct child c;
	g_autofree char *message = NULL;

	tree_restore(s->base, "saved");
	c = run(s, fault, s->op->act);
	message = c.message;
	*ret_fired = c.has_fired;
	if (s->is_verbose)
		fprintf(s->out, "# %s: %s %s\n", fault,
			c.is_killed ? "killed" : c.is_done ? "done" : "failed", message);
	if (c.is_broken)
		return bad(s, fault, "the call did not end in order (%s)", message);
	if (kind->is_crash && c.is_killed)
		return judge_crash(s, kind, fault);
	return judge_error(s, kind, &c, fault);
}

/* ---- References ---- */

static char *settled(struct sweep *s, const char *state, bool kills_guests)
{
	struct child c;

	tree_restore(s->base, state);
	if (kills_guests)
		guests_kill();
	guests_tell(s->base);
	c = run(s, NULL, recover);
	if (!c.is_done)
		bad(s, "no fault", "recovery of '%s': %s", state, c.message);
	g_free(c.message);
	return view_take(s->base);
}

static char *as_it_is(struct sweep *s, const char *state)
{
	tree_restore(s->base, state);
	return view_take(s->base);
}

/* The state after `act`, as a next writer leaves it. */
static char *reference(struct sweep *s, bool (*act)(struct rig *, GError **), const char *name)
{
	struct child c;

	tree_restore(s->base, "saved");
	syncs_reset();
	c = run(s, NULL, act);
	s->n_syncs = syncs_count();
	if (!c.is_done)
		bad(s, "no fault", "the call itself fails: %s", c.message);
	g_free(c.message);
	tree_save(s->base, name);
	return as_it_is(s, name);
}

static void prepare(struct sweep *s)
{
	struct rig r;

	tree_fresh(s->base);
	rig_open(&r, s->base);
	s->op->prepare(&r);
	rig_close(&r);
	tree_save(s->base, "saved");
	s->before = as_it_is(s, "saved");
	if (s->op->midway)
		s->midway = reference(s, s->op->midway, "midway");
	s->after = reference(s, s->op->act, "done");
}

struct sweep *sweep_new(const struct operation *op, const char *base, FILE *out)
{
	struct sweep *s = g_new0(struct sweep, 1);

	s->op = op;
	s->base = base;
	s->out = out;
	prepare(s);
	s->settled_before = settled(s, "saved", false);
	s->settled_after = settled(s, "done", false);
	s->off_before = settled(s, "saved", true);
	s->off_after = settled(s, "done", true);
	if (op->midway)
		s->off_midway = settled(s, "midway", true);
	if (!op->is_unseen && strcmp(s->before, s->after) == 0)
		bad(s, "no fault", "the call changes nothing that can be seen");
	return s;
}

void sweep_free(struct sweep *s)
{
	char *const texts[] = { s->before,        s->after,      s->settled_before,
				s->settled_after, s->off_before, s->off_after };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_free(s->midway);
	g_free(s->off_midway);
	g_free(s);
}

/* ---- Sweeps ---- */

static void report(struct sweep *s, const char *what, unsigned int n, unsigned int n_bad)
{
	fprintf(s->out, "%s - %s: %s (%u injections", n > 0 && n_bad == 0 ? "ok" : "not ok",
		s->op->name, what, n);
	if (n_bad)
		fprintf(s->out, ", %u bad", n_bad);
	fprintf(s->out, ")\n");
	s->n_told = 0;
}

void sweep_kind(struct sweep *s, const struct kind *kind)
{
	unsigned int n, n_bad = s->n_told;
	bool has_fired = true;

	for (n = 1; n < POINTS_MAX && has_fired; n++)
		if (!inject(s, kind, n, &has_fired))
			n_bad++;
	/* The last one did not fire: it was a call without a fault, judged as well. */
	report(s, kind->name, n - 2, n_bad);
}

/* The n-th crash of the call, kept as a state of its own. */
static bool crash_once(struct sweep *s, unsigned int n, bool kills_guests)
{
	g_autofree char *fault = g_strdup_printf("crash:%u", n);
	struct child c;

	tree_restore(s->base, "saved");
	c = run(s, fault, s->op->act);
	g_free(c.message);
	if (!c.is_killed)
		return false;
	if (kills_guests)
		guests_kill();
	tree_save(s->base, "crashed");
	return true;
}

void sweep_recovery(struct sweep *s, unsigned int step)
{
	unsigned int total = 0, n_bad = 0;

	for (unsigned int n = 1; crash_once(s, n, (n / step) % 2); n += step) {
		bool killed = true;

		for (unsigned int m = 1; killed && m < POINTS_MAX; m++) {
			g_autofree char *fault = g_strdup_printf("crash:%u", m);
			g_autofree char *name = g_strdup_printf("crash:%u, then %s", n, fault);
			struct child c;

			tree_restore(s->base, "crashed");
			c = run(s, fault, recover);
			g_free(c.message);
			killed = c.is_killed;
			total += killed;
			if (killed && !judge_recovery(s, name,
						      ANY))
				n_bad++;
		}
	}
	report(s, "crash in the recovery", total, n_bad);
}

void sweep_syncs(struct sweep *s)
{
	unsigned int wanted = s->op->n_syncs;

	if (wanted)
		fprintf(s->out, "%s - %s: %u fsyncs of %u\n", s->n_syncs == wanted ? "ok" : "not ok",
			s->op->name, s->n_syncs, wanted);
}

void sweep_lock(struct sweep *s)
{
	g_autofree char *fault = g_strdup_printf("stop@%s", s->op->stop);
	g_autofree char *root = g_build_filename(s->base, "world/root", NULL);
	auto_close int fd = -1;
	bool is_stopped, is_held;
	struct rig r;
	int status;
	pid_t pid;

	if (!s->op->stop)
		return;
	tree_restore(s->base, "saved");
	rig_open(&r, s->base);
	pid = fork();
	if (pid == 0)
		child_run(&r, fault, true, s->op->act);
	rig_close(&r);
	waitpid(pid, &status, WUNTRACED);
	is_stopped = WIFSTOPPED(status);
	fd = open_dir_at(AT_FDCWD, root);
	is_held = lock_probe(fd, "domains/vm/lock") == LOCK_HELD;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	fprintf(s->out, "%s - %s: locked at %s\n", is_stopped && is_held ? "ok" : "not ok",
		s->op->name, s->op->stop);
}

bool sweep_one(struct sweep *s, const struct kind *kind, unsigned int n)
{
	bool has_fired, good;

	s->is_verbose = true;
	good = inject(s, kind, n, &has_fired);
	fprintf(s->out, "%s - %s: %s%u%s\n", good ? "ok" : "not ok", s->op->name, kind->fault, n,
		has_fired ? "" : " (nothing fired)");
	return good;
}
